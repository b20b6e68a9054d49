import assert from "node:assert/strict";
import { test } from "node:test";
import { RunLog, RunLogPatch } from "@langchain/core/tracers/log_stream";
import { chain, reply, replyPieces } from "./client.mjs";

/** Adds the patches up. The client goes on to use the patches it hands out for a log of its own, so each is copied first. */
async function finalState(patches) {
  let log = new RunLog({ ops: [], state: {} });
  for await (const patch of patches) {
    log = log.concat(new RunLogPatch({ ops: structuredClone(patch.ops) }));
  }
  return log.state;
}

test("streamLog ends in the answer", async () => {
  const state = await finalState(chain("/chat_str").streamLog({ topic: "cats" }));
  assert.equal(state.final_output, reply);
  assert.deepEqual(state.streamed_output, replyPieces);
  assert.equal(state.name, "/chat_str");
  assert.equal(state.type, "chain");
  assert.match(state.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test("streamLog logs every step", async () => {
  const { logs } = await finalState(chain("/chat_str").streamLog({ topic: "cats" }));
  assert.deepEqual(
    Object.values(logs).map(({ name, type }) => [name, type]),
    [["ChatPromptTemplate", "prompt"], ["GenericFakeChatModel", "llm"], ["StrOutputParser", "parser"]],
  );
  for (const step of Object.values(logs)) {
    assert.ok(step.end_time >= step.start_time, `${step.name} ended`);
    assert.ok(step.final_output, `${step.name} has an output`);
  }
  assert.deepEqual(logs.GenericFakeChatModel.streamed_output_str, replyPieces);
});

test("streamLog of a map merges the branches", async () => {
  const state = await finalState(chain("/configurable").streamLog({ name: "bob" }));
  assert.deepEqual(state.final_output, { prompt: "say bob", llm: "default answer" });
});

test("streamLog filters the steps by name and type, never the root", async () => {
  const input = { topic: "cats" };
  const byName = await finalState(chain("/chat_str").streamLog(input, undefined, { includeNames: ["StrOutputParser"] }));
  assert.deepEqual(Object.keys(byName.logs), ["StrOutputParser"]);
  assert.equal(byName.final_output, reply);
  const byType = await finalState(chain("/chat_str").streamLog(input, undefined, { includeTypes: ["llm"] }));
  assert.deepEqual(Object.keys(byType.logs), ["GenericFakeChatModel"]);
  const without = await finalState(chain("/chat_str").streamLog(input, undefined, { excludeTags: ["seq:step:2"] }));
  assert.deepEqual(Object.keys(without.logs), ["ChatPromptTemplate", "StrOutputParser"]);
});
