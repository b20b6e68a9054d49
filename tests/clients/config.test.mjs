import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { chain, collect, failure } from "./client.mjs";

test("withConfig chooses an alternative", async () => {
  const other = chain("/configurable").withConfig({ configurable: { llm: "other" } });
  assert.deepEqual(await other.invoke({ name: "bob" }), { prompt: "say bob", llm: "other answer" });
  assert.deepEqual(await chain("/configurable").invoke({ name: "bob" }), { prompt: "say bob", llm: "default answer" });
});

test("withConfig sets a field, in a stream too", async () => {
  const remote = chain("/configurable").withConfig({ configurable: { template: "hi {name}!", llm: "other" } });
  const pieces = await collect(await remote.stream({ name: "a" }));
  assert.deepEqual(Object.assign({}, ...pieces), { prompt: "hi a!", llm: "other answer" });
});

test("a configured template changes the input it wants", async () => {
  const configurable = { template: "hi {who}" };
  const answer = await chain("/configurable").invoke({ who: "ann" }, { configurable });
  assert.equal(answer.prompt, "hi ann");
  const error = await failure(chain("/configurable").invoke({ name: "ann" }, { configurable }));
  assert.match(error.message, /^422 Error: /);
  assert.match(error.message, /who/);
});

test("an alternative nobody offers is refused", async () => {
  const error = await failure(chain("/configurable").invoke({ name: "a" }, { configurable: { llm: "nobody" } }));
  assert.match(error.message, /^422 Error: /);
  assert.match(error.message, /"configurable","llm"/);
});

test("configurable is refused where it is not exposed", async () => {
  const error = await failure(chain("/configurable_hidden").invoke({ name: "a" }, { configurable: { llm: "other" } }));
  assert.match(error.message, /^422 Error: /);
  assert.match(error.message, /configurable/);
});

test("tags and metadata arrive where they are exposed, and only there", async () => {
  const config = { tags: ["one"], metadata: { who: "me" } };
  const all = await chain("/show_config_all").invoke(1, config);
  assert.deepEqual(all.tags, ["one"]);
  assert.equal(all.metadata.who, "me");
  assert.equal(all.metadata.__langserve_endpoint, "invoke");
  const some = await chain("/show_config").invoke(1, config);
  assert.deepEqual(some.tags, []);
  assert.ok(!("who" in some.metadata));
});

test("a header reaches the guard of a chain", async () => {
  const guarded = chain("/deps", { options: { headers: { "X-Token": "secret-token" } } });
  assert.equal(await guarded.invoke("x"), "x");
  assert.deepEqual(await guarded.batch(["x", "y"]), ["x", "y"]);
  assert.deepEqual(await collect(await guarded.stream("x")), ["x"]);
});

test("without the header the guard answers", async () => {
  const error = await failure(chain("/deps").invoke("x"));
  assert.match(error.message, /^4\d\d Error: /);
  const streamed = await failure(chain("/deps", { options: { headers: { "X-Token": "wrong" } } }).stream("x"));
  assert.match(streamed.message, /failed with status code 4\d\d/);
});

test("a header reaches the modifier of a request", async () => {
  const seen = await chain("/per_req", { options: { headers: { "x-user": "ann" } } }).invoke(1);
  assert.equal(seen.configurable.user, "ann");
  assert.equal(seen.metadata.x_user, "ann");
  const error = await failure(chain("/per_req", { options: { headers: { "x-forbid": "1" } } }).invoke(1));
  assert.match(error.message, /^401 Error: .*No!/);
});

test("a session remembers, and only its own", async () => {
  const history = chain("/history");
  const session = { configurable: { session_id: randomUUID() } };
  assert.equal((await history.invoke({ question: "a" }, session)).content, "saw 2 messages");
  assert.equal((await history.invoke({ question: "b" }, session)).content, "saw 4 messages");
  const streamed = await collect(await history.withConfig(session).stream({ question: "c" }));
  assert.equal(streamed.reduce((sum, chunk) => sum.concat(chunk)).content, "saw 6 messages");
  const other = { configurable: { session_id: randomUUID() } };
  assert.equal((await history.invoke({ question: "a" }, other)).content, "saw 2 messages");
});
