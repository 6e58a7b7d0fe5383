// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct file_body;
struct get_invite_query;
struct invite;
struct target_users_job_status;
class rest_client;

namespace rest {

/// Invites. Those of a channel are made and listed with `channel_routes`. Types: `model/invite.hpp`,
/// `model/invite_bodies.hpp`, `model/file_body.hpp`.
class invite_routes {
 public:
  /// What an invite leads to. https://docs.discord.com/developers/resources/invite#get-invite
  task<invite> get_invite(std::string_view code, const call_options& options = {});
  task<invite> get_invite(std::string_view code, const get_invite_query& query, const call_options& options = {});
  /// Takes an invite back; needs MANAGE_CHANNELS of its channel or MANAGE_GUILD. Fires INVITE_DELETE.
  /// https://docs.discord.com/developers/resources/invite#delete-invite
  task<invite> delete_invite(std::string_view code, const call_options& options = {});
  /// Those who may accept an invite, as CSV with a column `user_id`; for the inviter, or with MANAGE_GUILD or
  /// VIEW_AUDIT_LOG. https://docs.discord.com/developers/resources/invite#get-target-users
  task<std::string> get_target_users(std::string_view code, const call_options& options = {});
  /// Says anew who may accept an invite, as CSV with a column of ids of users; for the inviter, or with MANAGE_GUILD.
  /// Discord reads it later: `get_target_users_job_status`.
  /// https://docs.discord.com/developers/resources/invite#update-target-users
  task<> update_target_users(std::string_view code, const file_body& file, const call_options& options = {});
  /// How far Discord has read the file of those who may accept an invite; for the inviter, or with MANAGE_GUILD or
  /// VIEW_AUDIT_LOG.
  /// https://docs.discord.com/developers/resources/invite#get-target-users-job-status
  task<target_users_job_status> get_target_users_job_status(std::string_view code, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  invite_routes() = default;
};

}  // namespace rest

}  // namespace monochord
