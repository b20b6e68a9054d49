import assert from "node:assert/strict";
import { test } from "node:test";
import { chain, collect, failure, pacedFetch } from "./client.mjs";

const secret = /secret|boom|at .*\.cs|Exception/;

test("a failing chain is a 500 without its text", async () => {
  for (const call of [() => chain("/failing").invoke("x"), () => chain("/failing").batch(["x", "y"])]) {
    const error = await failure(call());
    assert.match(error.message, /^500 Error: /);
    assert.doesNotMatch(error.message, secret);
  }
});

test("a public failure keeps its status and text", async () => {
  const error = await failure(chain("/failing_http").invoke("x"));
  assert.match(error.message, /^418 Error: /);
  assert.match(error.message, /teapot says no/);
});

test("a wrong input is a 422 that says what is wrong", async () => {
  for (const call of [() => chain("/add_one").invoke("hello"), () => chain("/add_one").batch([1, "hello"])]) {
    const error = await failure(call());
    assert.match(error.message, /^422 Error: /);
    assert.match(error.message, /hello/);
  }
});

test("a missing variable of a prompt is named", async () => {
  const error = await failure(chain("/chat").invoke({ wrong: "x" }));
  assert.match(error.message, /^422 Error: /);
  assert.match(error.message, /topic/);
});

test("a chain nobody serves is a 404", async () => {
  assert.match((await failure(chain("/nobody").invoke("x"))).message, /^404 Error: /);
  assert.match((await failure(chain("/nobody").stream("x"))).message, /failed with status code 404: Not Found/);
  assert.match((await failure(chain("/only_invoke").batch(["x"]))).message, /^404 Error: /);
});

test("a stream that fails before its first chunk is refused with status and message", async () => {
  const failing = await failure(chain("/failing").stream("x"));
  assert.match(failing.message, /failed with status code 500: \S/);
  assert.doesNotMatch(failing.message, /undefined/);
  assert.doesNotMatch(failing.message, secret);

  const teapot = await failure(chain("/failing_http").stream("x"));
  assert.match(teapot.message, /failed with status code 418: teapot says no/);

  const wrong = await failure(chain("/add_one").stream("hello"));
  assert.match(wrong.message, /failed with status code 422: \S/);
  assert.doesNotMatch(wrong.message, /undefined/);
});

test("a stream that fails later gives what it had, then the error", async () => {
  const received = [];
  const error = await failure(
    (async () => {
      for await (const chunk of await chain("/failing_stream", { fetch: pacedFetch }).stream("x")) {
        received.push(chunk);
      }
    })(),
  );
  assert.deepEqual(received, ["one", "two"]);
  assert.equal(JSON.parse(error.message).status_code, 500);
  assert.ok(JSON.parse(error.message).message);
  assert.doesNotMatch(error.message, secret);
});

test("a failing chain fails its log and its events", async () => {
  for (const call of [
    () => collect(chain("/failing").streamLog("x")),
    () => collect(chain("/failing").streamEvents("x", { version: "v2" })),
  ]) {
    const error = await failure(call());
    assert.equal(JSON.parse(error.message).status_code, 500);
    assert.doesNotMatch(error.message, secret);
  }
});

test("a wrong input is refused before a log or events start", async () => {
  for (const call of [
    () => collect(chain("/add_one").streamLog("hello")),
    () => collect(chain("/add_one").streamEvents("hello", { version: "v2" })),
  ]) {
    assert.match((await failure(call())).message, /^422 Error: /);
  }
});

test("the server answers after all that", async () => {
  assert.equal(await chain("/add_one").invoke(1), 2);
});
