// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <monochord/core/task.hpp>
#include "testing/gateway.hpp"
#include "testing/rest.hpp"
#include "testing/state.hpp"

namespace monochord::testing {

/// The mock without its sockets: state, rules and whoever waits for a change, behind one lock. Connections and waiting
/// coroutines share it, so that it outlives the facade where they do. Thread-safe.
class brain : public std::enable_shared_from_this<brain> {
 public:
  explicit brain(mock_options options) : state_(std::move(options)) {}

  /// Runs `f(state, gate, api)` under the lock and tells everybody who waits afterwards.
  template <class F>
  auto with(F&& f) {
    struct bell {
      brain& owner;
      ~bell() { owner.ring(); }
    } after{*this};
    const std::lock_guard guard(mutex_);
    return std::forward<F>(f)(state_, gate_, api_);
  }
  /// The same without telling: for conditions that somebody waits with, which would wake themselves.
  template <class F>
  auto quietly(F&& f) {
    const std::lock_guard guard(mutex_);
    return std::forward<F>(f)(state_, gate_, api_);
  }
  /// The same for looking only.
  template <class F>
  auto look(F&& f) const {
    const std::lock_guard guard(mutex_);
    return std::forward<F>(f)(std::as_const(state_), std::as_const(gate_));
  }

  const std::shared_ptr<monochord::clock>& time() const { return state_.options.clock; }

  /// Tells everybody who waits that something may have changed.
  void ring();

  /// Awaits `check`, which is asked after every change, without the lock. False after `timeout` or when cancelled.
  static task<bool> until(std::shared_ptr<brain> self, std::function<bool()> check, duration timeout);
  /// The same, blocking for real time.
  bool wait(const std::function<bool()>& check, duration timeout);

 private:
  struct waiter;
  static task<> watch_into(std::shared_ptr<brain> self, std::function<bool()> check, duration timeout, bool& met);

  mutable std::mutex mutex_;  // guards the three that follow
  mock_state state_;
  gateway gate_{state_};
  rest api_{state_, gate_};

  std::mutex waiting_mutex_;  // guards the two that follow
  std::vector<std::weak_ptr<waiter>> waiters_;
  std::uint64_t changes_ = 0;
  std::condition_variable changed_;
};

// What humans do (acts.cpp). They throw `error` with `errc::invalid_argument` for what does not exist.
namespace acts {

user_record& user(mock_state& state, user_id id);
guild_record& guild(mock_state& state, guild_id id);
channel_record& channel(mock_state& state, channel_id id);
message_record& message(mock_state& state, channel_id channel, message_id id);

guild_id add_guild(mock_state& state, gateway& gate, std::string_view name, user_id owner);
channel_id add_text_channel(mock_state& state, gateway& gate, guild_id guild, std::string_view name);
role_id add_role(mock_state& state, gateway& gate, guild_id guild, std::string_view name, std::uint64_t permissions);
void give_role(mock_state& state, gateway& gate, guild_id guild, user_id user, role_id role);
void join(mock_state& state, gateway& gate, guild_id guild, user_id user);
void leave(mock_state& state, gateway& gate, guild_id guild, user_id user);
void set_unavailable(mock_state& state, gateway& gate, guild_id guild, bool unavailable);
void remove_bot(mock_state& state, gateway& gate, guild_id guild);

message_id say(mock_state& state, gateway& gate, user_id user, channel_id channel, std::string_view text);
void edit(mock_state& state, gateway& gate, user_id user, channel_id channel, message_id message, std::string_view text);
void erase(mock_state& state, gateway& gate, channel_id channel, message_id message);
void react(mock_state& state, gateway& gate, user_id user, channel_id channel, message_id message, std::string_view emoji);
void type(mock_state& state, gateway& gate, user_id user, channel_id channel);

channel_id add_voice_channel(mock_state& state, gateway& gate, guild_id guild, std::string_view name);
soundboard_sound_id add_soundboard_sound(mock_state& state, gateway& gate, guild_id guild, std::string_view name);
void join_voice(mock_state& state, gateway& gate, user_id user, guild_id guild, channel_id channel);
void set_voice_status(mock_state& state, gateway& gate, channel_id channel, std::string_view status);
void set_presence(mock_state& state, gateway& gate, user_id user, std::string_view status);

interaction_id slash(mock_state& state, gateway& gate, user_id user, channel_id channel, std::string_view name,
                     const std::vector<mock_option>& options);
interaction_id autocomplete(mock_state& state, gateway& gate, user_id user, channel_id channel, std::string_view name,
                            std::string_view option, std::string_view typed);
interaction_id context_command(mock_state& state, gateway& gate, user_id user, channel_id channel, std::string_view name,
                               any_id target);
interaction_id component(mock_state& state, gateway& gate, user_id user, message_id message, std::string_view custom_id,
                         const std::vector<std::string>* values);
interaction_id submit_modal(mock_state& state, gateway& gate, user_id user, interaction_id opened_by,
                            const std::map<std::string, std::string>& values);

/// The bot's answer so far; nothing when there is none. Claims the message, so that it is not given twice.
std::optional<mock_reply> reply_to(mock_state& state, message_id to);
std::optional<mock_reply> reply_to(mock_state& state, interaction_id to);

}  // namespace acts

}  // namespace monochord::testing
