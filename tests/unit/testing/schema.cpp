// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "testing/sample.hpp"
#include "unit/testing/brain_fixture.hpp"

using namespace monochord;
using namespace monochord::testing;

namespace {

constexpr schema_mode modes[] = {schema_mode::required, schema_mode::full, schema_mode::nulls};

/// What is wrong with a sample when it is judged by the schema that it was made from.
std::string errors_of(std::uint16_t shape_index, const json& sample) {
  form_errors errors;
  std::vector<std::string> path;
  validate(shape_index, sample, path, errors);
  return errors.summary();
}

/// All values that a member of this name takes anywhere inside.
void collect(const json& value, const std::string& name, std::set<std::string>& found) {
  if (value.is_object() && value.contains(name)) found.insert(dump(value[name]));
  for (const auto& item : value)
    if (item.is_structured()) collect(item, name, found);
}

const tables::answer_row& answer_for(std::string_view route) {
  const auto* row = find_route(route);
  REQUIRE(row);
  return answer_of(*row, 0);
}

std::string path_of(const tables::route_row& route) {
  std::string path(route.path);
  for (auto at = path.find('{'); at != std::string::npos; at = path.find('{', at))
    path.replace(at, path.find('}', at) - at + 1, path.compare(at, 11, "{answer_id}") == 0 ? "1" : "1100000000000000001");
  return path;
}

}  // namespace

TEST_CASE("samples of every answer, in every mode and variation, fit their schema") {
  std::size_t samples = 0;
  std::size_t bytes = 0;
  std::size_t most = 0;
  std::set<std::pair<std::uint16_t, int>> seen;
  for (const auto& answer : tables::answers) {
    if (answer.shape_index == tables::no_shape) continue;
    for (const auto mode : modes) {
      if (!seen.insert({answer.shape_index, static_cast<int>(mode)}).second) continue;
      const auto variations = sample_variations(answer.shape_index, mode);
      most = std::max(most, variations);
      // Some of them, spread over all; the conformance test walks every one.
      const std::size_t step = std::max<std::size_t>(1, variations / 6);
      for (std::size_t v = 0; v < variations; v += step) {
        const json sample = make_sample(answer.shape_index, {.mode = mode, .variation = v});
        const auto errors = errors_of(answer.shape_index, sample);
        if (!errors.empty()) FAIL_CHECK(answer.shape_index << " variation " << v << ": " << errors);
        const auto size = dump(sample).size();
        CHECK(size < 1'000'000);
        bytes += size;
        ++samples;
      }
    }
  }
  std::printf("samples %zu, on average %zu bytes, at most %zu variations\n", samples, bytes / samples, most);
  CHECK(samples > 1000);
  CHECK(most < 500);  // few enough for a conformance test to walk all of them
}

TEST_CASE("the same settings make the same sample, another seed other ids") {
  const auto shape = answer_for("GET /channels/{channel_id}/messages/{message_id}").shape_index;
  const json first = make_sample(shape, {});
  CHECK(first == make_sample(shape, {}));
  const json other = make_sample(shape, {.seed = 1});
  CHECK(first["id"] != other["id"]);
  CHECK(any_id::parse(first["id"].get<std::string>()).value() > std::uint64_t{1} << 58U);
  CHECK(first["timestamp"].get<std::string>().starts_with("2025-"));
}

TEST_CASE("modes: required fields, every field, nulls") {
  const auto shape = answer_for("GET /channels/{channel_id}/messages/{message_id}").shape_index;
  const json required = make_sample(shape, {.mode = schema_mode::required});
  const json full = make_sample(shape, {.mode = schema_mode::full});
  const json nulls = make_sample(shape, {.mode = schema_mode::nulls});
  CHECK(!required.contains("referenced_message"));
  CHECK(required["embeds"].empty());
  CHECK(required["author"].contains("id"));
  CHECK(full["referenced_message"]["author"].contains("id"));
  CHECK(!full["referenced_message"].contains("referenced_message"));  // bounded
  CHECK(!full["edited_timestamp"].is_null());
  CHECK(nulls["edited_timestamp"].is_null());
  CHECK(nulls["id"].is_string());
  CHECK(full.size() == nulls.size());
}

TEST_CASE("variations go through unions and enumerations") {
  const auto members = [](std::string_view route, const std::string& name) {
    std::set<std::string> found;
    const auto shape = answer_for(route).shape_index;
    for (std::size_t v = 0; v < sample_variations(shape, schema_mode::full); ++v)
      collect(make_sample(shape, {.variation = v}), name, found);
    return found;
  };
  const auto triggers = members("GET /guilds/{guild_id}/auto-moderation/rules/{rule_id}", "trigger_type");
  CHECK(triggers == std::set<std::string>{"1", "3", "4", "5", "6"});
  const auto channels = members("GET /channels/{channel_id}", "type");
  for (const char* type : {"0", "1", "2", "3", "4", "5", "10", "11", "12", "13", "14", "15"}) CHECK(channels.contains(type));
  // Lists hold each alternative at once.
  std::set<std::string> components;
  const json message = make_sample(answer_for("GET /channels/{channel_id}/messages/{message_id}").shape_index, {});
  for (const auto& component : message["components"]) components.insert(dump(component["type"]));
  CHECK(components == std::set<std::string>{"1", "10", "12", "13", "14", "17", "9"});
}

TEST_CASE("every route is answered") {
  brain_fixture f;
  f.mind->with([](mock_state& state, gateway&, rest&) { state.schema = schema_play{.all_routes = true}; });
  std::size_t answered = 0;
  std::size_t answers = 0;
  for (const auto& route : tables::routes) {
    bool good = true;
    for (const auto& row : tables::answers.subspan(route.first_answer, route.answer_count)) {
      f.mind->with([&](mock_state& state, gateway&, rest&) { state.schema->status = row.status; });
      net::http_request request(std::string(route.method), "/api/v10" + path_of(route));
      request.headers.add("User-Agent", "DiscordBot (https://example.org, 1.0)");
      if (!route.token_in_path() && (route.auth & 9) != 8)
        request.headers.add("Authorization", (route.auth & 1) != 0 ? "Bot " + std::string(default_mock_token)
                                                                   : "Bearer " + std::string(default_mock_bearer));
      json body;
      if (route.body != tables::no_shape) {
        // What is asked has the same kinds of shapes as what is answered, so that the same samples serve.
        body = make_sample(route.body, {.mode = schema_mode::required});
        if (!body.is_structured()) body = json::object();
        request.headers.add("Content-Type", (route.content & 1) != 0   ? "application/json"
                                            : (route.content & 2) != 0 ? "application/x-www-form-urlencoded"
                                                                       : "multipart/form-data; boundary=b");
        if ((route.content & 1) != 0) request.body = dump(body);
        else for (const auto& [name, value] : body.items()) {
          const std::string text = value.is_string() ? value.get<std::string>() : dump(value);
          if ((route.content & 2) != 0) request.body += (request.body.empty() ? "" : "&") + name + "=x";
          else request.body += "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"" +
                               (name == route.file_part ? "; filename=\"f.png\"" : "") + "\r\n\r\n" + text + "\r\n";
        }
        if ((route.content & 3) == 0) request.body += "--b--\r\n";
      }
      std::string query;
      for (const auto& field : tables::fields.subspan(route.first_query, route.query_count))
        if (field.required()) query += (query.empty() ? "?" : "&") + std::string(field.name) + "=x";
      request.target += query;
      const auto got = f.send(request);
      ++answers;
      const bool as_said = got.status == row.status &&
                           (row.media != "application/json" || !got.body.is_discarded()) &&
                           (!row.media.empty() ? got.headers.get("Content-Type") == row.media : true);
      if (!as_said)
        FAIL_CHECK(route.method << " " << route.path << " was answered " << got.status << " " << dump(got.body) << " to " << request.body);
      good = good && as_said;
      f.clock->advance(std::chrono::seconds{11});
    }
    answered += good ? 1 : 0;
  }
  std::printf("routes answered %zu / %zu, with %zu answers\n", answered, tables::routes.size(), answers);
  CHECK(answered == tables::routes.size());
  const auto wrong = f.mind->quietly([](mock_state& state, gateway&, rest&) { return state.violations; });
  for (const auto& violation : wrong) FAIL_CHECK(violation.kind << ": " << violation.text);
}
