// Holds docs/parley.v1.schema.json to the tables that the C++ tests hold the codec to, and to the
// examples of docs/signaling.md.
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import Ajv from "ajv/dist/2020.js";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const schema = JSON.parse(read("docs/parley.v1.schema.json"));
const clientMessages = JSON.parse(read("tests/signaling_native/client_messages.json"));
const serverMessages = JSON.parse(read("tests/signaling_native/server_messages.json"));

const ajv = new Ajv({strict: true, strictRequired: false, strictTypes: false, allErrors: true});
ajv.addSchema(schema);
const validate = (definition) => ajv.getSchema(`parley.v1#/$defs/${definition}`);

const assertValid = (definition, message) => {
  const check = validate(definition);
  assert.ok(check(message), `${JSON.stringify(message)}\n${JSON.stringify(check.errors, null, 1)}`);
};
const assertInvalid = (definition, message) =>
  assert.ok(!validate(definition)(message), JSON.stringify(message));

for (const {what, message, code} of clientMessages) {
  test(`client: ${what}`, () => (code ? assertInvalid : assertValid)("clientMessage", message));
}

test("client: tracks has at most 800 entries", () => {
  const listing = (length) => ({id: 1, type: "subscribe", tracks: Array(length).fill({track: "a"})});
  assertValid("clientMessage", listing(800));
  assertInvalid("clientMessage", listing(801));
});

for (const {what, message} of serverMessages) {
  test(`server: ${what}`, () => assertValid("serverMessage", message));
}

test("server: a message that lacks a member or has it of another type is not valid", () => {
  const optional = new Set(["active-speaker.dominant", "ok.iceServers"]);
  const other = (value) => (typeof value === "string" ? 0 : "x");
  for (const {message} of serverMessages) {
    for (const name of Object.keys(message)) {
      if (name === "id") continue;
      assertInvalid("serverMessage", {...message, [name]: other(message[name])});
      const {[name]: dropped, ...rest} = message;
      if (optional.has(`${message.type}.${name}`)) assertValid("serverMessage", rest);
      // Without what it tells, a reply is the plain ok.
      else if (message.id === undefined || Object.keys(rest).length > 2) assertInvalid("serverMessage", rest);
    }
  }
});

test("server: an event has no id", () => {
  assertInvalid("serverMessage", {id: 1, type: "host-changed", participant: "p"});
});

test("every definition is used and every event is in the table", () => {
  const text = JSON.stringify(schema);
  for (const name of Object.keys(schema.$defs))
    assert.ok(text.includes(`"#/$defs/${name}"`), `${name} is used by nothing`);
  const known = new Set(serverMessages.map(({message}) => message.type));
  for (const name of Object.keys(schema.$defs).filter((name) => name.startsWith("event.")))
    assert.ok(known.has(name.slice("event.".length)), `${name} has no message in the table`);
});

test("the examples of docs/signaling.md are valid", () => {
  const blocks = [...read("docs/signaling.md").matchAll(/^```json (client|server)\n(.*?)^```$/gms)];
  assert.ok(blocks.length > 20, "examples are missing");
  for (const [, from, text] of blocks) assertValid(`${from}Message`, JSON.parse(text));
});
