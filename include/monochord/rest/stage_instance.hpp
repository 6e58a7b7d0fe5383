// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct create_stage_instance_body;
struct modify_stage_instance_body;
struct stage_instance;
class rest_client;

namespace rest {

/// Open stages. Types: `model/stage_instance.hpp`, `model/stage_instance_bodies.hpp`.
class stage_instance_routes {
 public:
  /// Opens a stage; needs to be its moderator (MANAGE_CHANNELS, MUTE_MEMBERS and MOVE_MEMBERS), and to notify everyone of it
  /// MENTION_EVERYONE. Fires STAGE_INSTANCE_CREATE.
  /// https://docs.discord.com/developers/resources/stage-instance#create-stage-instance
  task<stage_instance> create_stage_instance(const create_stage_instance_body& body, const call_options& options = {});
  /// The stage of a channel; 404 when none is open.
  /// https://docs.discord.com/developers/resources/stage-instance#get-stage-instance
  task<stage_instance> get_stage_instance(channel_id channel, const call_options& options = {});
  /// Changes an open stage; needs to be its moderator. Fires STAGE_INSTANCE_UPDATE.
  /// https://docs.discord.com/developers/resources/stage-instance#modify-stage-instance
  task<stage_instance> modify_stage_instance(channel_id channel, const modify_stage_instance_body& body,
                                             const call_options& options = {});
  /// Closes a stage; needs to be its moderator. Fires STAGE_INSTANCE_DELETE.
  /// https://docs.discord.com/developers/resources/stage-instance#delete-stage-instance
  task<> delete_stage_instance(channel_id channel, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  stage_instance_routes() = default;
};

}  // namespace rest

}  // namespace monochord
