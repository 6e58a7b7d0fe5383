#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the mock Discord's tables (src/testing/table_*.cpp) from Discord's API as data.

usage: generate_mock_tables.py [--data FOLDER] [--out FOLDER] [--check]

FOLDER of the data defaults to $MONOCHORD_DISCORD_DATA. --check writes nothing and fails if a committed table differs.
The tables say what Discord accepts and what it answers; they know nothing of the library's own models, so that the mock can judge them.
"""
import argparse
import json
import os
import re
import sys

HEAD = """// SPDX-License-Identifier: MIT
// Written by cmake/generate_mock_tables.py from Discord's documentation ({docs_date}, {docs_commit:.8})
// and OpenAPI document ({spec_date}, {spec_commit:.8}). Change the script, not this file.
#include "testing/tables.hpp"

// clang-format off
namespace monochord::testing::tables {{
"""
FOOT = "\n}  // namespace monochord::testing::tables\n"

# Enumerations whose value in a field tells which schema an object is, and how a schema's name gives the value.
TAG_ENUMS = {"MessageComponentTypes", "ApplicationCommandOptionType", "AutomodTriggerType", "AutomodActionType",
             "GuildScheduledEventEntityTypes"}
TAGS_BY_NAME = {
    "ApplicationCommandAutocompleteCallbackRequest": [8],
    "CreateMessageInteractionCallbackRequest": [4, 5],
    "UpdateMessageInteractionCallbackRequest": [6, 7],
    "ModalInteractionCallbackRequest": [9],
    "PongInteractionCallbackRequest": [1],
    "LaunchActivityInteractionCallbackRequest": [10, 12],  # 10, PREMIUM_REQUIRED, has no schema; it is a type alone too
    "SocialLayerSKUPurchaseEligibilityInteractionCallbackRequest": [13],
    "StageScheduledEventCreateRequest": [1],
    "StageScheduledEventPatchRequestPartial": [1],
    "StageScheduledEventResponse": [1],
    "DefaultKeywordRuleResponse": [4],
}
# What tells the schemas of answers apart: the values that a field has in each, where its type allows those of others.
ANSWER_VALUES = {
    "FriendInviteResponse": ("type", [2]),
    "GroupDMInviteResponse": ("type", [1]),
    "GuildInviteResponse": ("type", [0]),
    "PrivateChannelResponse": ("type", [1]),
    "PrivateGroupChannelResponse": ("type", [3]),
    "ThreadResponse": ("type", [10, 11, 12]),
    "CreatedThreadResponse": ("type", [10, 11, 12]),
    "GuildChannelResponse": ("type", [0, 2, 4, 5, 13, 14, 15, 16]),
    "GuildIncomingWebhookResponse": ("type", [1]),
    "ChannelFollowerWebhookResponse": ("type", [2]),
    "ApplicationIncomingWebhookResponse": ("type", [3]),
    "StandardStickerResponse": ("type", [1]),
    "GuildStickerResponse": ("type", [2]),
    "ApplicationCommandInteractionMetadataResponse": ("type", [2]),
    "MessageComponentInteractionMetadataResponse": ("type", [3]),
    "ModalSubmitInteractionMetadataResponse": ("type", [5]),
    "CreateMessageInteractionCallbackResponse": ("type", [4, 5]),
    "UpdateMessageInteractionCallbackResponse": ("type", [6, 7]),
    "LaunchActivityInteractionCallbackResponse": ("type", [12]),
    "ExternalConnectionIntegrationResponse": ("type", ["twitch", "youtube"]),
    "PartialExternalConnectionIntegrationResponse": ("type", ["twitch", "youtube"]),
    "DiscordIntegrationResponse": ("type", ["discord"]),
    "PartialDiscordIntegrationResponse": ("type", ["discord"]),
    "GuildSubscriptionIntegrationResponse": ("type", ["guild_subscription"]),
    "PartialGuildSubscriptionIntegrationResponse": ("type", ["guild_subscription"]),
    "UserSelectDefaultValueResponse": ("type", ["user"]),
    "RoleSelectDefaultValueResponse": ("type", ["role"]),
    "ChannelSelectDefaultValueResponse": ("type", ["channel"]),
}
# Routes that only the documentation names, as it describes them: operation, auth, body, answer.
CREDENTIALS = "client_id?:string,client_secret?:string"
DOCUMENTED_ROUTES = {
    ("GET", "/applications/{application_id}/skus"): {
        "operation": "list_skus", "auth": ["bot"],
        "answer": "array<object{id:snowflake,type:enum(2,3,5,6),application_id:snowflake,name:string,slug:string,"
                  "flags:integer}>"},
    ("PATCH", "/guilds/{guild_id}/members/@me/nick"): {
        "operation": "modify_current_user_nick", "auth": ["bot"], "body": "{nick?:?string}", "answer": "{nick:?string}"},
    ("PUT", "/applications/{application_id}/guilds/{guild_id}/commands/permissions"): {
        "operation": "batch_edit_application_command_permissions", "auth": ["oauth2"],
        "body": "array<object{id:snowflake,permissions:array<ApplicationCommandPermission>}>",
        "answer": "array<CommandPermissionsResponse>"},
    ("POST", "/oauth2/token"): {
        "operation": "create_oauth2_token", "auth": ["basic", "none"], "form": True,
        "body": "{grant_type:string,code?:string,redirect_uri?:string(uri),refresh_token?:string,scope?:string,"
                + CREDENTIALS + "}",
        "answer": "{access_token:string,token_type:string,expires_in:integer,refresh_token?:string,scope:string}"},
    ("POST", "/oauth2/token/revoke"): {
        "operation": "revoke_oauth2_token", "auth": ["basic", "none"], "form": True,
        "body": "{token:string,token_type_hint?:string," + CREDENTIALS + "}", "answer": "any"},
}
# Where the documentation is stricter than the OpenAPI document, the mock obeys the documentation.
BEARER_ONLY = {("PUT", "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}/permissions")}
# Bodies that the data leaves open and the documentation describes.
DOCUMENTED_BODIES = {
    "bulk_set_application_commands": "array<ApplicationCommandCreateRequest>",
    "bulk_set_guild_application_commands": "array<ApplicationCommandCreateRequest>",
}
CONTENT_SCHEMAS = re.compile(r"^(MessageCreateRequest|MessageEditRequestPartial|IncomingWebhook\w*|"
                             r"BaseCreateMessageCreateRequest)$")

AUTH = {"bot": 1, "oauth2": 2, "none": 4, "basic": 8}
CONTENT = {"application/json": 1, "application/x-www-form-urlencoded": 2, "multipart/form-data": 4}
SCALARS = {
    "any": "any", "object": "any", "boolean": "boolean", "integer": "integer", "int32": "int32", "int64": "integer",
    "number": "number", "double": "number", "string": "string", "snowflake": "snowflake", "file": "string",
    "string(uri)": "uri", "string(date-time)": "date_time", "string(base64)": "base64", "string(nonce)": "string",
    "null": "null",
}
NONE = "none"


def quoted(text):
    return json.dumps(text, ensure_ascii=True)


def split_top(text, separator):
    """Splits at separators that are not inside <>, {} or ()."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        if c in "<{(":
            depth += 1
        elif c in ">})":
            depth -= 1
        elif c == separator and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return parts + [text[start:]]


def with_documented_values(schemas, differences):
    """The schemas, in which enumerations have also the values that only the documentation names."""
    for difference in differences:
        members = schemas[difference["spec"]]["members"]
        known = {value for _, value in members}
        members += [member for member in difference.get("docs_only", []) if member[1] not in known]
    return schemas


class Tables:
    def __init__(self, schemas, constants, documented_fields):
        self.schemas = schemas
        self.documented_fields = documented_fields
        self.constants = {c["name"]: c["value"] for c in constants["constants"]}
        self.shapes, self.shape_index = [], {}
        self.objects, self.object_index = [], {}
        self.fields, self.numbers, self.texts, self.alternatives = [], [], [], []

    def shape(self, row, key=None):
        key = key or row
        if key not in self.shape_index:
            self.shape_index[key] = len(self.shapes)
            self.shapes.append(row)
        return self.shape_index[key]

    def parse(self, text):
        """The index of the shape that a type text of the data names."""
        options = split_top(text, "|")
        if len(options) > 1:
            nullable = any(o.endswith("?") for o in options)
            indexes = sorted({self.parse(o.rstrip("?")) for o in options})
            key = ("one_of", tuple(indexes))
            if key not in self.shape_index:
                first = len(self.alternatives)
                self.alternatives += indexes
                self.shape(("one_of", first, len(indexes)), key)
            del nullable  # a nullable union is written on the field or the list that holds it
            return self.shape_index[key]
        match = re.fullmatch(r"(array|map)<(.*)>", text)
        if match:
            inner = match.group(2)
            nullable = inner.endswith("?")
            return self.shape(("list" if match.group(1) == "array" else "map", self.parse(inner.rstrip("?")),
                               int(nullable)))
        match = re.fullmatch(r"enum\((.*)\)", text)
        if match:
            return self.choice([int(v) for v in match.group(1).split(",")])
        match = re.fullmatch(r"object\{(.*)\}", text)
        if match:
            return self.inline_object(match.group(1))
        if text in SCALARS:
            return self.shape((SCALARS[text], 0, 0))
        if text not in self.schemas:
            raise SystemExit(f"unknown type {text!r}")
        schema = self.schemas[text]
        if schema["kind"] == "alias":
            return self.parse(schema["type"])
        if schema["kind"] == "enum":
            return self.choice([value for _, value in schema["members"]])
        return self.object(text, schema["fields"])

    def choice(self, values):
        pool = self.numbers if all(isinstance(v, int) for v in values) else self.texts
        kind = "int_choice" if pool is self.numbers else "text_choice"
        key = (kind, tuple(values))
        if key not in self.shape_index:
            first = len(pool)
            pool += values
            self.shape((kind, first, len(values)), key)
        return self.shape_index[key]

    def inline_object(self, text):
        fields = []
        for part in split_top(text, ","):
            name, kind = part.split(":", 1)
            field = {"name": name.rstrip("?"), "type": kind.lstrip("?"), "nullable": kind.startswith("?"),
                     "required": not name.endswith("?")}
            fields.append(field)
        return self.object("{" + text + "}", fields)

    def tags(self, name, fields):
        """(field, values) by which an object of this schema is told from the others of its union."""
        kinds = {f["name"]: f["type"] for f in fields}
        if name in TAGS_BY_NAME:
            return next(f for f in ("type", "trigger_type", "entity_type") if f in kinds), TAGS_BY_NAME[name]
        for field in ("type", "trigger_type", "entity_type"):
            if kinds.get(field) not in TAG_ENUMS:
                continue
            plain = name.upper()
            best = [(len(member), value) for member, value in self.schemas[kinds[field]]["members"]
                    if member.replace("_", "") in plain.replace("_", "")]
            if best:
                return field, [max(best)[1]]
        return "", []

    def object(self, name, fields):
        if name in self.object_index:
            return self.shape(("object", self.object_index[name], 0))
        index = self.object_index[name] = len(self.objects)
        self.objects.append(None)  # its place is taken before its fields are read: schemas may contain themselves
        shape = self.shape(("object", index, 0))
        known = {f["name"] for f in fields}
        fields = fields + [{"name": n, "type": "any", "nullable": True}
                           for n in sorted(self.documented_fields.get(name, ())) if n not in known]
        rows = [self.field(f, name) for f in fields]
        first = len(self.fields)
        self.fields += rows
        tag, values = self.tags(name, fields)
        tag_first = len(self.numbers)
        self.numbers += values
        self.objects[index] = (name, first, len(rows), tag, tag_first, len(values))
        return shape

    def field(self, field, owner=""):
        low, high = "no_low", "no_high"
        for key in ("min_len", "min_items", "min"):
            low = field.get(key, low)
        for key in ("max_len", "max_items", "max"):
            high = field.get(key, high)
        if field["name"] == "content" and CONTENT_SCHEMAS.match(owner):
            high = self.constants["message_content_max"]["docs"]
        if field["name"] == "components" and owner == "ModalInteractionCallbackRequestData":
            high = self.constants["modal"]["components"][1]
        flags = (1 if field.get("required") else 0) | (2 if field.get("nullable") else 0) | (
            4 if field.get("unique") else 0)
        answer = ANSWER_VALUES.get(owner)
        if answer and answer[0] == field["name"]:
            return (field["name"], self.choice(answer[1]), flags, low, high)
        return (field["name"], self.parse(field["type"]), flags, low, high)

    def add_fields(self, fields, owner=""):
        rows = [self.field(f, owner) for f in fields]
        first = len(self.fields)
        self.fields += rows
        return first, len(rows)

    def body(self, route):
        body = route.get("body")
        if not body:
            return "no_shape", 0, 0
        name = DOCUMENTED_BODIES.get(route["operation"], body["schema"])
        if name == "(inline)":
            # Without fields the data says nothing: it may be a list, or a map of free keys.
            fields = body.get("fields", [])
            shape = self.object("body of " + route["operation"], fields) if fields else self.parse("any")
        else:
            shape = self.parse(name)
        return shape, int(bool(body.get("required"))), sum(CONTENT[c] for c in body["content_types"])


def docs_routes(data):
    """The routes that only the documentation names."""
    for route in data["docs_only"]:
        path = route["path"].replace(".id}", "_id}")
        known = DOCUMENTED_ROUTES[route["method"], path]
        row = {"method": route["method"], "path": path, "operation": known["operation"], "auth": known["auth"],
               "responses": {"200": known["answer"] if known["answer"][0] != "{" else "object" + known["answer"]},
               "path_params": [[p, "SnowflakeType"] for p in re.findall(r"{(\w+)}", path)],
               "docs": [route], "docs_only": True}
        if "body" in known:
            body = known["body"] if known["body"][0] != "{" else "object" + known["body"]
            row["body"] = {"content_types": list(CONTENT)[1:2] if known.get("form") else list(CONTENT)[:1],
                           "required": True, "schema": body}
        yield row


def documented_fields(data, endpoints):
    """Body fields that the documentation names and the OpenAPI document does not, by schema."""
    def key(route):
        return route["method"], re.sub(r"{[^}]*}", "{}", route["path"])
    described = {}
    for endpoint in endpoints:
        described.setdefault(key(endpoint), []).append(endpoint.get("body") or {})
    fields = {}
    for route in data["routes"]:
        body = route.get("body")
        if not body or "fields" not in body:
            continue
        schema = "body of " + route["operation"] if body["schema"] == "(inline)" else body["schema"]
        for bodies in described.get(key(route), []):
            for title, rows in bodies.items():
                if title in ("JSON Params", "JSON/Form Params") and isinstance(rows, list):
                    fields.setdefault(schema, set()).update(
                        f["name"] for f in rows if re.fullmatch(r"\w+", f["name"]) and f["name"] != "payload_json")
    return fields


def answers(tables, route):
    """Rows of (status, shape, nullable, media type)."""
    for status, kind in sorted(route["responses"].items()):
        file = re.fullmatch(r"file \[(.*)\]", kind or "")
        if not kind:
            yield int(status), "no_shape", 0, ""
        elif file:
            yield int(status), "no_shape", 0, file.group(1)
        else:
            nullable = kind.endswith("?")
            yield int(status), tables.parse(kind[:-1] if nullable else kind), int(nullable), "application/json"


def file_part(route):
    """How the parts of a multipart body that are files are named; `files` stands for files[0], files[1] and so on."""
    body = route.get("body") or {}
    parts = body.get("file_parts") or body.get("file_parts_docs") or [""]
    return parts[0].split("[")[0]


def array(kind, name, rows, width=1):
    lines = [f"constexpr {kind} {name}_[] = {{"]
    for i in range(0, len(rows), width):
        lines.append("  " + " ".join(row + "," for row in rows[i:i + width]))
    lines.append("};")
    lines.append(f"const std::span<const {kind}> {name}{{{name}_}};\n")
    return "\n".join(lines)


def route_text(tables, data):
    params, rows, replies = [], [], []
    for route in sorted(data["routes"] + list(docs_routes(data)), key=lambda r: (r["path"], r["method"])):
        first = len(params)
        params += [(name, tables.parse(kind)) for name, kind in route.get("path_params", [])]
        query_first, query_count = tables.add_fields(route.get("query", []))
        shape, required, content = tables.body(route)
        auth = 2 if (route["method"], route["path"]) in BEARER_ONLY else sum(AUTH[a] for a in route["auth"])
        success = min(int(s) for s in route["responses"] if s.startswith("2"))
        replies_first = len(replies)
        replies += answers(tables, route)
        reason = any(d.get("audit_log_reason") for d in route.get("docs", []))
        rows.append("{%s, %s, %s, %d, %d, %d, %d, %d, %s, %d, %d, %d, %d, %d, %s, %s, %s}" % (
            quoted(route["method"]), quoted(route["path"]), quoted(route["operation"]), auth, first,
            len(params) - first, query_first, query_count, shape, required, content, success, replies_first,
            len(replies) - replies_first, str(reason).lower(), quoted(file_part(route)),
            str(bool(route.get("docs_only"))).lower()))
    return (array("param_row", "params", ["{%s, %d}" % (quoted(n), s) for n, s in params], 4)
            + "\n" + array("answer_row", "answers", ["{%d, %s, %d, %s}" % (st, sh, n, quoted(m))
                                                     for st, sh, n, m in replies], 4)
            + "\n" + array("route_row", "routes", rows))


def schema_text(tables):
    shapes = ["{shape::%s, %d, %d}" % (k, a, b) for k, a, b in tables.shapes]
    objects = ["{%s, %d, %d, %s, %d, %d}" % (quoted(n), f, c, quoted(t), tf, tc)
               for n, f, c, t, tf, tc in tables.objects]
    fields = ["{%s, %d, %d, %s, %s}" % (quoted(n), s, fl, lo, hi) for n, s, fl, lo, hi in tables.fields]
    return "\n".join([
        array("shape_row", "shapes", shapes, 5),
        array("object_row", "objects", objects),
        array("field_row", "fields", fields, 2),
        array("std::int64_t", "numbers", [str(n) for n in tables.numbers], 20),
        array("std::string_view", "texts", [quoted(t) for t in tables.texts], 6),
        array("std::uint16_t", "alternatives", [str(n) for n in tables.alternatives], 20),
    ])


def gateway_text(gateway):
    bits = {i["name"]: i["value"] for i in gateway["intents"]}
    intents = ["{%s, %dU, %s}" % (quoted(i["name"]), i["value"], str(i["privileged"]).lower())
               for i in gateway["intents"]]
    events = []
    for event in sorted((e for e in gateway["receive"] if e["op"] == 0), key=lambda e: e["name"]):
        direct = sum(bits[i] for i in event["intents"] if i.startswith("DIRECT_"))
        guild = sum(bits[i] for i in event["intents"] if not i.startswith("DIRECT_"))
        events.append("{%s, %dU, %dU, %s}" % (quoted(event["name"]), guild, direct,
                                              str(bool(event.get("always_sent"))).lower()))
    closes = ["{%d, %s, %s, %s}" % (c["code"], quoted(c["meaning"]), str(c["reconnect"]).lower(),
                                    str(c["resume"]).lower()) for c in gateway["close_codes"]]
    sends = [str(o["code"]) for o in gateway["opcodes"] if "Send" in o["client"]]
    known = {c["name"]: c["value"] for c in gateway["constants"]}
    limits = "const gateway_limits limits{%d, %d, %d, %d, %d};\n" % (
        known["max_send_payload_bytes"], known["send_limit"]["events"], known["send_limit"]["per_seconds"],
        known["identify_concurrency"]["per_seconds"], known["identify_per_day"]["per_hours"])
    return "\n".join([array("intent_row", "intents", intents), array("event_row", "events", events),
                      array("close_row", "close_codes", closes), array("int", "client_opcodes", sends, 20), limits])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--data", default=os.environ.get("MONOCHORD_DISCORD_DATA"))
    parser.add_argument("--out", default=os.path.join(here, "..", "src", "testing"))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if not options.data:
        parser.error("--data or MONOCHORD_DISCORD_DATA is needed")

    def load(name):
        with open(os.path.join(options.data, name), encoding="utf-8") as file:
            return json.load(file)

    data, gateway = load("routes.json"), load("gateway.json")
    schemas = with_documented_values(load("schemas.json")["schemas"], load("enums.json")["enum_differences"])
    tables = Tables(schemas, load("constants.json"),
                    documented_fields(data, load("docs_endpoints.json")["endpoints"]))
    routes = route_text(tables, data)
    texts = {"table_routes.cpp": routes, "table_schemas.cpp": schema_text(tables),
             "table_gateway.cpp": gateway_text(gateway)}
    differs = []
    for name, text in texts.items():
        text = HEAD.format(**data["meta"]) + "\n" + text.rstrip("\n") + "\n" + FOOT
        path = os.path.join(options.out, name)
        if options.check:
            with open(path, encoding="utf-8") as file:
                if file.read() != text:
                    differs.append(name)
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    if differs:
        print("differs from the data, run cmake/generate_mock_tables.py: " + ", ".join(differs), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
