// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <monochord/core/task.hpp>
#include <monochord/fwd.hpp>
#include <monochord/rest/application.hpp>
#include <monochord/rest/application_command.hpp>
#include <monochord/rest/application_role_connection.hpp>
#include <monochord/rest/audit_log.hpp>
#include <monochord/rest/auto_moderation.hpp>
#include <monochord/rest/ban.hpp>
#include <monochord/rest/call_options.hpp>
#include <monochord/rest/channel.hpp>
#include <monochord/rest/emoji.hpp>
#include <monochord/rest/entitlement.hpp>
#include <monochord/rest/gateway.hpp>
#include <monochord/rest/guild.hpp>
#include <monochord/rest/guild_template.hpp>
#include <monochord/rest/guild_widget.hpp>
#include <monochord/rest/integration.hpp>
#include <monochord/rest/interaction.hpp>
#include <monochord/rest/invite.hpp>
#include <monochord/rest/join_request.hpp>
#include <monochord/rest/lobby.hpp>
#include <monochord/rest/member.hpp>
#include <monochord/rest/message.hpp>
#include <monochord/rest/oauth2.hpp>
#include <monochord/rest/onboarding.hpp>
#include <monochord/rest/partner_sdk.hpp>
#include <monochord/rest/role.hpp>
#include <monochord/rest/scheduled_event.hpp>
#include <monochord/rest/sku.hpp>
#include <monochord/rest/soundboard.hpp>
#include <monochord/rest/stage_instance.hpp>
#include <monochord/rest/sticker.hpp>
#include <monochord/rest/subscription.hpp>
#include <monochord/rest/thread.hpp>
#include <monochord/rest/user.hpp>
#include <monochord/rest/voice.hpp>
#include <monochord/rest/webhook.hpp>

namespace monochord {

struct rest_counters;

namespace rest {
class queue;
struct access;
}  // namespace rest

/// Discord's REST API, behind one rate limiter and one pool of connections.
///
/// Every call may be awaited from any executor and several at a time. It waits for rate limits, sends, and is sent again
/// after a 429; after a 5xx or a lost connection only when that cannot do a thing twice. It throws `rest_error` when
/// Discord refuses it, when there is no answer, and when `client_options::rest_timeout` is over, and `decode_error` when
/// the answer is not what the call promises (the call has taken effect then); `as_result(call)` gives that as a value.
/// Cancelling it gives its place back at once. Bodies are encoded before a call returns its task, so what they refer to
/// needs to live no longer; bytes of files that were expressly borrowed (`borrow`) are the exception. A body over Discord's
/// documented limits is not sent: the call throws `limit_error`, which names the field (`client_options::body_limits`);
/// files that are too large or cannot be read give `upload_error`.
///
/// The routes stand in the groups that it is made of, one header a noun. They are declared on types that are only named:
/// each header says where its bodies and answers are, and a program includes those that it uses.
class rest_client : public rest::application_routes,
                    public rest::application_command_routes,
                    public rest::application_role_connection_routes,
                    public rest::audit_log_routes,
                    public rest::auto_moderation_routes,
                    public rest::ban_routes,
                    public rest::channel_routes,
                    public rest::emoji_routes,
                    public rest::entitlement_routes,
                    public rest::gateway_routes,
                    public rest::guild_routes,
                    public rest::guild_template_routes,
                    public rest::guild_widget_routes,
                    public rest::integration_routes,
                    public rest::interaction_routes,
                    public rest::invite_routes,
                    public rest::join_request_routes,
                    public rest::lobby_routes,
                    public rest::member_routes,
                    public rest::message_routes,
                    public rest::oauth2_routes,
                    public rest::onboarding_routes,
                    public rest::partner_sdk_routes,
                    public rest::role_routes,
                    public rest::scheduled_event_routes,
                    public rest::sku_routes,
                    public rest::soundboard_routes,
                    public rest::stage_instance_routes,
                    public rest::sticker_routes,
                    public rest::subscription_routes,
                    public rest::thread_routes,
                    public rest::user_routes,
                    public rest::voice_routes,
                    public rest::webhook_routes {
 public:
  explicit rest_client(std::shared_ptr<rest::queue> queue) : queue_(std::move(queue)) {}

  /// A call of a route that has no function here (yet), through the same limiter:
  /// `co_await bot.rest().request("POST", "/channels/123/typing")`. `method` is one of GET, POST, PUT, PATCH and DELETE,
  /// `path` begins with '/' below the base URL and may have a query, all percent-encoded; `json` is the body, empty for
  /// none. The answer is given as it comes. The token of a webhook or an interaction is known by its place in the path, and
  /// shown nowhere. Throws `error` with `errc::invalid_argument` for another method and a path that is none.
  task<std::string> request(std::string_view method, std::string_view path, std::string_view json = {},
                            const call_options& options = {});

  /// What the limiter and the connections did so far; include `<monochord/rest/counters.hpp>` to read it.
  task<rest_counters> counters() const;

 private:
  friend rest::access;
  std::shared_ptr<rest::queue> queue_;
};

}  // namespace monochord
