// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <monochord/core/optional.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/optional_bool.hpp>

namespace monochord {

/// A page of threads, with the bot's memberships of them. `has_more` is there for archived ones.
/// https://docs.discord.com/developers/resources/channel#list-public-archived-threads-response-body
/// https://docs.discord.com/developers/resources/channel#list-private-archived-threads-response-body
/// https://docs.discord.com/developers/resources/channel#list-joined-private-archived-threads-response-body
/// https://docs.discord.com/developers/resources/guild#list-active-guild-threads-response-body
struct thread_list {
  // Compiled once, in the library.
  thread_list();
  thread_list(const thread_list&);
  thread_list(thread_list&&) noexcept;
  thread_list& operator=(const thread_list&);
  thread_list& operator=(thread_list&&) noexcept;
  ~thread_list();

  std::vector<channel> threads;
  std::vector<thread_member> members;
  optional_bool has_more;
  optional<std::vector<message>> first_messages;
  optional<int> total_results;  ///< of a search
};

}  // namespace monochord
