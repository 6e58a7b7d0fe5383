// SPDX-License-Identifier: MIT
// Answers of routes that the mock does not act on.
#include "testing/rest.hpp"
#include "testing/sample.hpp"

namespace monochord::testing {

namespace {

/// The smallest picture there is: one transparent pixel.
constexpr unsigned char png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00,
    0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x00, 0x01, 0x00, 0x00, 0x05, 0x00, 0x01,
    0x0d, 0x0a, 0x2d, 0xb4, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

std::string file_of(std::string_view media) {
  if (media == "image/png") return {reinterpret_cast<const char*>(png), sizeof png};
  return "user_id\n1100000000000000001\n1100000000000000002\n";
}

}  // namespace

const tables::answer_row& answer_of(const tables::route_row& route, int status) {
  const auto answers = tables::answers.subspan(route.first_answer, route.answer_count);
  for (const auto& answer : answers)
    if (answer.status == status) return answer;
  return answers.front();
}

bool rest::plays_schema(const tables::route_row& route) const {
  return !plays(route) || (state_.schema && state_.schema->all_routes);
}

rest::answer rest::answer_from_schema(const call& what) {
  ++state_.counters.not_played;
  entry_.from_schema = true;
  const schema_play how = state_.schema.value_or(schema_play{});
  const auto& row = answer_of(*what.route, how.status);
  answer out;
  out.status = row.status;
  if (row.shape_index != tables::no_shape) {
    const bool nothing = row.nullable && how.mode == schema_mode::nulls && how.variation % 2 == 1;
    out.body = nothing ? json(nullptr) : make_sample(row.shape_index, how);
    if (how.list_items > 0) make_page(what, how.list_items, out.body);
  } else if (row.media.empty()) {
    out.empty = true;
  } else {
    out.media = row.media;
    out.file = file_of(row.media);
  }
  return out;
}

}  // namespace monochord::testing
