import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { RemoteRunnable } from "@langchain/core/runnables/remote";
import { chain, collect, failure } from "./client.mjs";

// A command that starts the provider's simulator on the port the hosts call, as a JSON array.
const command = JSON.parse(process.env.SIMULATOR);
const baseUrl = process.env.BASE_URL;
const covered = new RemoteRunnable({ url: `${process.env.COVERED_URL}/joke` });
const key = process.env.CANARY_KEY;
const joke = chain("/joke");
const input = { topic: "penguins" };
const pieces = Array.from({ length: 40 }, (_, i) => (i === 0 ? "t0" : ` t${i}`));
let simulator;

async function start() {
  simulator = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
  await once(simulator.stdout, "data");
}

async function kill() {
  if (simulator.exitCode === null && simulator.signalCode === null) {
    const exited = once(simulator, "exit");
    simulator.kill("SIGKILL");
    await exited;
  }
}

function call(url, path) {
  return fetch(`${url}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ input }) });
}

async function breaker() {
  const ready = await fetch(`${baseUrl}/ready`);
  assert.equal(ready.status, 200);
  const { models } = await ready.json();
  return models.find((model) => model.model === "openai:sim").breaker;
}

before(start);
after(kill);

test("the provider's answer comes whole and in pieces", async () => {
  assert.equal(await joke.invoke(input), pieces.join(""));
  assert.deepEqual((await collect(await joke.stream(input))).filter((piece) => piece !== ""), pieces);
});

test("a stream that loses its provider ends with an error, and is neither repeated nor continued", async () => {
  const seen = [];
  const lost = await failure(
    (async () => {
      for await (const piece of await joke.stream(input)) {
        if (piece === "") continue;
        seen.push(piece);
        if (seen.length === 5) await kill();
      }
    })(),
  );
  assert.match(lost.message, /503|broke off/);
  assert.ok(seen.length < pieces.length);
  assert.deepEqual(seen, pieces.slice(0, seen.length));
});

test("without its provider the host answers 503 and when to come back, and stays ready", async () => {
  const { message } = await failure(joke.invoke(input));
  assert.match(message, /^503 Error: /);
  for (const path of ["/joke/invoke", "/joke/stream"]) {
    const answer = await call(baseUrl, path);
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers.get("retry-after")) >= 1);
    const text = await answer.text();
    assert.ok(!text.includes(key) && !text.includes("127.0.0.1"), text);
  }
  for (let i = 0; i < 20 && (await breaker()) === "closed"; i++) {
    await failure(joke.invoke(input));
  }
  assert.notEqual(await breaker(), "closed");
});

test("a host with a fallback goes on answering", async () => {
  assert.match(await covered.invoke(input), /penguins/);
  assert.match((await collect(await covered.stream(input))).join(""), /penguins/);
});

test("when the provider is back, so is the service, without a restart", async () => {
  await start();
  const deadline = Date.now() + 30_000;
  let answer = await call(baseUrl, "/joke/invoke");
  while (answer.status !== 200) {
    assert.equal(answer.status, 503);
    assert.ok(Date.now() < deadline, await answer.text());
    await pause(1000 * Number(answer.headers.get("retry-after")));
    answer = await call(baseUrl, "/joke/invoke");
  }
  assert.equal(await breaker(), "closed");
  assert.deepEqual((await collect(await joke.stream(input))).filter((piece) => piece !== ""), pieces);
  assert.equal(await joke.invoke(input), pieces.join(""));
});
