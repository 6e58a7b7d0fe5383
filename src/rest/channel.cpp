// SPDX-License-Identifier: MIT
#include <monochord/rest/channel.hpp>

#include <monochord/model/channel.hpp>
#include <monochord/model/channel_bodies.hpp>
#include <monochord/model/invite.hpp>
#include <monochord/model/webhook.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

namespace {

constexpr route one_channel{method::patch, "/channels/{channel_id}"};
constexpr route invites_of{method::post, "/channels/{channel_id}/invites"};

}  // namespace

task<channel> channel_routes::get_channel(channel_id which, const call_options& options) {
  return decoded<channel>(queue_of(*this), make({method::get, "/channels/{channel_id}"}, options, which));
}

task<channel> channel_routes::modify_channel(channel_id which, const modify_channel_body& body,
                                             const call_options& options) {
  auto made = make(one_channel, options, which);
  if (!body.name.is_absent())
    made.make_rare().sublimit = "name";  // has a limit of its own, as the topic has
  else if (!body.topic.is_absent())
    made.make_rare().sublimit = "topic";
  return decoded<channel>(queue_of(*this), with(queue_of(*this), std::move(made), body));
}

task<channel> channel_routes::delete_channel(channel_id which, const call_options& options) {
  return decoded<channel>(queue_of(*this), make({method::del, "/channels/{channel_id}"}, options, which));
}

task<> channel_routes::edit_channel_permissions(channel_id which, any_id role_or_user,
                                                const edit_channel_permissions_body& body,
                                                const call_options& options) {
  return done(queue_of(*this), with(queue_of(*this),
                                    make({method::put, "/channels/{channel_id}/permissions/{overwrite_id}"}, options,
                                         which, role_or_user),
                                    body));
}

task<> channel_routes::edit_channel_permissions(channel_id which, role_id role,
                                                const edit_channel_permissions_body& body,
                                                const call_options& options) {
  auto about = body;
  about.type = overwrite_type::role;
  return edit_channel_permissions(which, any_id{role.value()}, about, options);
}
task<> channel_routes::edit_channel_permissions(channel_id which, user_id user,
                                                const edit_channel_permissions_body& body,
                                                const call_options& options) {
  auto about = body;
  about.type = overwrite_type::member;
  return edit_channel_permissions(which, any_id{user.value()}, about, options);
}

task<> channel_routes::delete_channel_permission(channel_id which, any_id role_or_user, const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/channels/{channel_id}/permissions/{overwrite_id}"}, options, which, role_or_user));
}

task<std::vector<invite>> channel_routes::get_channel_invites(channel_id which, const call_options& options) {
  return decoded<std::vector<invite>>(queue_of(*this),
                                      make({method::get, "/channels/{channel_id}/invites"}, options, which));
}

task<optional<invite>> channel_routes::create_channel_invite(channel_id which, const create_channel_invite_body& body,
                                                             const call_options& options) {
  auto made = with(queue_of(*this), make(invites_of, options, which), body);
  if (body.target_users_file && !made.is_refused())
    made = with_one_file(std::move(made), "target_users_file", *body.target_users_file);
  return decoded_or_nothing<invite>(queue_of(*this), std::move(made));
}

task<followed_channel> channel_routes::follow_announcement_channel(channel_id which, channel_id shown_in,
                                                                   const call_options& options) {
  return decoded<followed_channel>(
      queue_of(*this), with(queue_of(*this), make({method::post, "/channels/{channel_id}/followers"}, options, which),
                            follow_announcement_channel_body{.webhook_channel_id = shown_in}));
}

task<> channel_routes::trigger_typing_indicator(channel_id channel, const call_options& options) {
  return done(queue_of(*this), make({method::post, "/channels/{channel_id}/typing"}, options, channel));
}

task<optional<channel>> channel_routes::group_dm_add_recipient(channel_id group, user_id user,
                                                               const group_dm_add_recipient_body& body,
                                                               const call_options& options) {
  return decoded_or_nothing<channel>(
      queue_of(*this),
      with(queue_of(*this), make({method::put, "/channels/{channel_id}/recipients/{user_id}"}, options, group, user),
           body));
}

task<> channel_routes::group_dm_remove_recipient(channel_id group, user_id user, const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/channels/{channel_id}/recipients/{user_id}"}, options, group, user));
}

task<> channel_routes::set_voice_channel_status(channel_id which, const set_voice_channel_status_body& body,
                                                const call_options& options) {
  return done(queue_of(*this),
              with(queue_of(*this), make({method::put, "/channels/{channel_id}/voice-status"}, options, which), body));
}

}  // namespace monochord::rest
