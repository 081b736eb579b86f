// The main job, done by openapi-fetch with the types that openapi-typescript has made from the document alone.
//
//     node main_job.js BASE PASSWORD PICTURE
//
// A foster parent hands in a receipt and asks a question; the caseworker reviews the one and answers the other. tsc
// compiles this file: it fits what was made, or it is no client of ours.

import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./famn.js";

declare const process: { argv: string[] };
declare function require(name: "node:fs"): { readFileSync(path: string): Uint8Array };

type Errand = components["schemas"]["ErrandView"];

function held(holds: unknown, what: unknown): asserts holds {
  if (!holds) throw new Error(JSON.stringify(what));
}

async function signedIn(base: string, who: string, password: string): Promise<Client<paths>> {
  const client = createClient<paths>({ baseUrl: base });
  const body = { board: "borlange", email: `${who}@example.org`, password };
  const { data, error } = await client.POST("/api/v1/sessions", { body });
  held(data, error);
  return createClient<paths>({ baseUrl: base, headers: { Authorization: `Bearer ${data.access_token}` } });
}

async function errand(who: Client<paths>, id: string): Promise<Errand> {
  const { data, error } = await who.GET("/api/v1/errands/{id}", { params: { path: { id } } });
  held(data, error);
  return data;
}

async function handsIn(anna: Client<paths>, picture: Uint8Array): Promise<string> {
  const { data: assignments, error: none } = await anna.GET("/api/v1/assignments");
  held(assignments, none);
  const { data: file, error: refused } = await anna.POST("/api/v1/files", {
    params: { header: { "Content-Disposition": "attachment; filename*=UTF-8''kvitto.png" } },
    headers: { "Content-Type": "application/octet-stream" },
    body: picture as unknown as string,
    bodySerializer: (bytes) => bytes as unknown as Uint8Array<ArrayBuffer>,
  });
  held(file, refused);
  const { data: claim, error } = await anna.POST("/api/v1/errands", {
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
    body: {
      kind: "receipt_claim",
      assignment_id: assignments.items[0]!.id,
      declaration: true,
      receipts: [
        {
          file_id: file.id,
          purchased_on: new Date().toISOString().slice(0, 10),
          supplier: "Optikern",
          category: "glasses",
          amount_ore: 24950,
        },
      ],
    },
  });
  held(claim, error);
  return claim.id;
}

async function main(base: string, password: string, picture: Uint8Array): Promise<void> {
  const [anna, maria] = [await signedIn(base, "anna.berg", password), await signedIn(base, "maria.lind", password)];
  const claim = await handsIn(anna, picture);
  const line = (await errand(maria, claim)).receipts?.[0];
  held(line, "a claim has its receipts");
  const reviewed = await maria.POST("/api/v1/errands/{id}/reviews", {
    params: { path: { id: claim } },
    body: { lines: [{ receipt_id: line.id, outcome: "granted" }] },
  });
  held(reviewed.data, reviewed.error);
  const granted = (await errand(anna, claim)).receipts?.[0]?.granted_ore;
  held(granted === 24950, granted);

  const asked = await anna.POST("/api/v1/errands", { body: { kind: "message", body: "När är mötet?" } });
  held(asked.data, asked.error);
  const answer = await maria.POST("/api/v1/errands/{id}/messages", {
    params: { path: { id: asked.data.id } },
    body: { body: "På torsdag klockan tio" },
  });
  held(answer.data, answer.error);
  const thread = await errand(anna, asked.data.id);
  held(thread.messages.at(-1)?.body === "På torsdag klockan tio", thread);

  const empty = await anna.POST("/api/v1/errands", { body: { kind: "message", body: "" } });
  held(empty.error?.faults?.[0]?.field === "body", empty.error);
  console.log("done");
}

const [, , base, password, picture] = process.argv;
held(base && password && picture, "BASE PASSWORD PICTURE");
main(base, password, require("node:fs").readFileSync(picture));
