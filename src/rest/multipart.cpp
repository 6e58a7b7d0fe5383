// SPDX-License-Identifier: MIT
#include "rest/multipart.hpp"

#include <utility>

namespace monochord::rest {

namespace {

encoded_body made_of(std::shared_ptr<upload> source) {
  encoded_body made;
  made.content_type = source->content_type();
  made.source = std::move(source);
  return made;
}

}  // namespace

encoded_body with_files(std::string json, list<file_body> files) {
  if (files.empty()) return {"application/json", std::move(json), nullptr};
  auto source = std::make_shared<upload>();
  source->add_json(json);
  for (std::size_t i = 0; i < files.size(); ++i) source->add_file("files[" + std::to_string(i) + "]", files[i]);
  return made_of(std::move(source));
}

encoded_body with_file(std::string json, std::string_view part, const file_body& file) {
  auto source = std::make_shared<upload>();
  if (!json.empty()) source->add_json(json);
  source->add_file(part, file);
  return made_of(std::move(source));
}

std::vector<attachment_body> described(list<file_body> files) {
  std::vector<attachment_body> all;
  bool any = false;
  for (const file_body& file : files) {
    attachment_body about;
    about.id = attachment_id{all.size()};
    if (!file.name.empty()) about.filename = file.name;
    if (!file.description.empty()) about.description = file.description;
    any = any || !file.description.empty();
    all.push_back(about);
  }
  if (!any) all.clear();
  return all;
}

}  // namespace monochord::rest
