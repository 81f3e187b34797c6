// @ts-nocheck: runs in workerd.
// A worker of the same account that has a key verified: through the entrypoint `Verifier`, or by HTTP through a binding. It does
// nothing else, and answers what it was answered.
export default {
  async fetch(request, { IS_BOUND, ROOT_KEY, OPERATOR, ORGANIZATION, HTTP }) {
    const question = await request.json();
    const authorization = request.headers.get("authorization");
    if (IS_BOUND === "true") {
      const binding = authorization === `Bearer ${ROOT_KEY}` ? OPERATOR : ORGANIZATION;
      return Response.json(await binding.verify(question));
    }
    const headers = { authorization, "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(question) };
    return Response.json(await (await HTTP.fetch("https://keyward/v1/verify", init)).json());
  },
};
