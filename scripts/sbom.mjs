// @ts-check
// What a release file is made of, as a CycloneDX document with versions, licences and digests. Without times and random
// numbers, so the same release gives the same document.
import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";

/** @param {import("./ingredients.mjs").Ingredient} ingredient */
function library({ name, version, purl, license, digest }) {
  return new Models.Component(Enums.ComponentType.Library, name, {
    version,
    purl,
    bomRef: purl,
    licenses: new Models.LicenseRepository([new Models.LicenseExpression(license)]),
    hashes: new Models.HashDictionary(digest && [[Enums.HashAlgorithm[digest[0]], digest[1]]]),
  });
}

/**
 * What is in one of our npm packages.
 * @param {{ name: string, version: string, license: string }} manifest @param {import("./ingredients.mjs").Ingredient[]} ingredients
 */
export function sbom({ name, version, license }, ingredients) {
  const itself = library({ name, version, purl: `pkg:npm/${name}@${version}`, license });
  const components = ingredients.map(library);
  for (const { bomRef } of components) itself.dependencies.add(bomRef);
  const bom = new Models.Bom({
    metadata: new Models.Metadata({ component: itself }),
    components: new Models.ComponentRepository(components),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}
