// @ts-check
// The command's glance at bytes that come from elsewhere than from a file.
import { finder } from "../../pkg/cli/bytes/finder.mjs";
import { mayHoldKey } from "../../pkg/cli/bytes/glance.mjs";

/** @param {Buffer} bytes */
export function passesGlance(bytes) {
  const { files } = finder();
  bytes.copy(files);
  return mayHoldKey(files, 0, bytes.length);
}
