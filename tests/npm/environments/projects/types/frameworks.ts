// The middleware in the applications that it is for: handlers know the key.
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { Keyward } from "keyward/client";
import { requireKey as forExpress } from "keyward/express";
import { requireKey as forFastify } from "keyward/fastify";
import { requireKey as forHono } from "keyward/hono";

const client = new Keyward({ url: "https://keys.example.com", key: "kw_sk_…" });

export const hono = new Hono()
  .use("/:organization/*", forHono({ client, organization: (c) => c.req.param("organization") ?? "" }))
  .get("/:organization/orders", forHono({ client, scopes: ["orders:read"] }), (c) => {
    const id: string = c.var.key.id;
    // @ts-expect-error: it is not `any`
    const wrong: number = c.var.key;
    return c.json({ id, wrong });
  });

export const app = express();
app.use(forExpress({ client }));
app.get(
  "/orders",
  forExpress({ client, organization: (request) => String(request.query.org) }),
  (request, response) => {
    const id: string | undefined = request.key?.id;
    // @ts-expect-error: it is not `any`
    const wrong: number = request.key;
    response.json({ id, wrong });
  },
);

export const fastify = Fastify();
fastify.addHook("onRequest", forFastify({ client, organization: ({ hostname }) => hostname }));
fastify.get("/orders", { onRequest: forFastify({ client }) }, async (request) => {
  const id: string | undefined = request.key?.id;
  // @ts-expect-error: it is not `any`
  const wrong: number = request.key;
  return { id, wrong };
});
