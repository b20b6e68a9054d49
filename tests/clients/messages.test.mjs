import assert from "node:assert/strict";
import { test } from "node:test";
import { Document } from "@langchain/core/documents";
import {
  AIMessage,
  AIMessageChunk,
  ChatMessage,
  FunctionMessage,
  HumanMessage,
  HumanMessageChunk,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { ChatPromptValue, StringPromptValue } from "@langchain/core/prompt_values";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { chain, collect, recordingFetch, reply, replyPieces } from "./client.mjs";

const wellknown = (name) => chain("/wellknown").invoke(name);

test("messages of every kind arrive as what they are", async () => {
  const remote = chain("/messages");
  for (const [message, expected] of [
    [new HumanMessage("x"), "HumanMessage"],
    [new HumanMessageChunk("x"), "HumanMessage"],
    [new AIMessage("x"), "AIMessage"],
    [new SystemMessage("x"), "SystemMessage"],
    [new ToolMessage({ content: "x", tool_call_id: "call_1" }), "ToolMessage"],
    [new FunctionMessage({ content: "x", name: "f" }), "FunctionMessage"],
    [new ChatMessage("x", "moderator"), "ChatMessage"],
  ]) {
    const answer = await remote.invoke([message]);
    assert.ok(answer instanceof AIMessage);
    assert.equal(answer.content, `1 message(s), last ${expected}: x`);
  }
});

test("the client calls a chat message generic", async () => {
  const { bodies, fetch } = recordingFetch();
  await chain("/messages", { fetch }).invoke([new ChatMessage("x", "moderator")]);
  assert.equal(bodies[0].input[0].type, "generic");
  assert.equal(bodies[0].input[0].role, "moderator");
});

test("a conversation arrives whole, as a list or in an object", async () => {
  const talk = [new SystemMessage("be brief"), new HumanMessage("hi"), new AIMessage("hello"), new HumanMessage("bye")];
  assert.equal((await chain("/messages").invoke(talk)).content, "4 message(s), last HumanMessage: bye");
  assert.equal((await chain("/messages").invoke({ messages: talk })).content, "4 message(s), last HumanMessage: bye");
});

test("a placeholder and a model take messages", async () => {
  const answer = await chain("/chat_playground").invoke({ messages: [new HumanMessage("hi")] });
  assert.equal(answer.content, reply);
  assert.equal((await chain("/chat_model").invoke([new HumanMessage("hi")])).content, reply);
  assert.equal((await chain("/chat_model").invoke("hi")).content, reply);
});

test("a prompt of the client pipes into a remote model", async () => {
  const prompt = ChatPromptTemplate.fromMessages([["system", "Be brief."], ["human", "{question}"]]);
  const piped = prompt.pipe(chain("/chat_model"));
  assert.equal((await piped.invoke({ question: "why?" })).content, reply);
  const chunks = await collect(await piped.stream({ question: "why?" }));
  assert.deepEqual(chunks.map((chunk) => chunk.content), replyPieces);
});

test("messages come back as the client's classes", async () => {
  const ai = await wellknown("ai");
  assert.ok(ai instanceof AIMessage);
  assert.equal(ai.content, "hi");
  const human = await wellknown("human");
  assert.ok(human instanceof HumanMessage);
  assert.equal(human.content, "yo");
  assert.ok((await wellknown("system")) instanceof SystemMessage);
  const chunk = await wellknown("ai_chunk");
  assert.ok(chunk instanceof AIMessageChunk);
  assert.equal(chunk.content, "ch");
});

test("tool and function messages keep their fields", async () => {
  const tool = await wellknown("tool");
  assert.ok(tool instanceof ToolMessage);
  assert.equal(tool.tool_call_id, "call_1");
  assert.equal(tool.status, "success");
  assert.deepEqual(tool.artifact, { z: 1 });
  const called = await wellknown("function");
  assert.ok(called instanceof FunctionMessage);
  assert.equal(called.name, "f");
});

test("content blocks stay blocks", async () => {
  const { content } = await wellknown("ai_blocks");
  assert.deepEqual(content.map(({ type }) => type), ["text", "image_url"]);
});

test("a list of messages is a list of messages", async () => {
  const [first, second] = await wellknown("messages");
  assert.ok(first instanceof HumanMessage);
  assert.ok(second instanceof AIMessage);
});

// The client knows this type only by the name it sends it under, and leaves the standard name's object as it is.
test("a chat message comes back plain", async () => {
  const chat = await wellknown("chat");
  assert.equal(Object.getPrototypeOf(chat), Object.prototype);
  assert.equal(chat.type, "chat");
  assert.equal(chat.role, "moderator");
});

test("documents come back as documents", async () => {
  const document = await wellknown("document");
  assert.ok(document instanceof Document);
  assert.equal(document.pageContent, "doc");
  assert.deepEqual(document.metadata, { source: "s" });
  const found = await chain("/retriever").invoke("cats");
  assert.deepEqual(found.map(({ pageContent }) => pageContent), ["about cats", "second"]);
  assert.deepEqual(found[0].metadata, { source: "fake" });
});

test("prompt values come back as prompt values", async () => {
  const text = await wellknown("string_prompt");
  assert.ok(text instanceof StringPromptValue);
  assert.equal(text.toString(), "p");
  const chat = await chain("/prompt").invoke({ topic: "cats" });
  assert.ok(chat instanceof ChatPromptValue);
  assert.ok(chat.messages[0] instanceof SystemMessage);
  assert.equal(chat.messages[1].content, "Tell me about cats");
});

test("agent steps and generations come back in the client's casing", async () => {
  assert.deepEqual(await wellknown("agent_action"), { tool: "t", toolInput: { q: "x" }, log: "log" });
  assert.deepEqual(await wellknown("agent_finish"), { returnValues: { output: "done" }, log: "fin" });
  assert.deepEqual(await wellknown("generation"), { text: "g", generationInfo: { r: "stop" } });
  const result = await wellknown("llm_result");
  assert.equal(result.generations[0][0].text, "lr");
  const generation = await wellknown("chat_generation");
  assert.ok(generation.message instanceof AIMessage);
});

test("plain values stay plain", async () => {
  assert.equal(await wellknown("int"), 42);
  assert.equal(await wellknown("float_exp"), 1e22);
  assert.equal(await wellknown("true"), true);
  assert.equal(await wellknown("none"), null);
  assert.equal(await wellknown("empty_string"), "");
  assert.deepEqual(await wellknown("empty_list"), []);
  assert.deepEqual(await wellknown("empty_dict"), {});
  assert.equal(await wellknown("unicode"), 'café 你好 😀 \u2028 </script> "q" \\ \t \u0001');
});
