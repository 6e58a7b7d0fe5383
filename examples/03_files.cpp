// SPDX-License-Identifier: MIT
// "!report" sends a file in a message of components, and then edits it: uploads and components v2.
#include <monochord/monochord.hpp>

#include <cstdio>

#include <monochord/model/component_builder.hpp>
#include <monochord/model/interaction.hpp>

namespace mc = monochord;

mc::container_builder panel(const std::string& state) {
  return mc::container_builder{}
      .text("# Report\n" + state)
      .separator()
      .file("attachment://report.txt")
      .row(mc::button_builder{"Again", "again"}, mc::button_builder::link("What is this?", "https://discord.com/developers"));
}

mc::task<> report(mc::rest_client& rest, mc::channel_id channel) {
  mc::message_builder first;
  first.component(panel("Being written ..."));
  first.file("report.txt", "All is well.\n");
  const auto sent = co_await rest.create_message(channel, first);

  mc::message_builder second;
  second.component(panel("Finished."));
  co_await rest.edit_message(channel, sent.id, second);  // the file stays: nothing is said about attachments
}

int main() try {
  mc::client bot{mc::token_from_env("DISCORD_TOKEN"),
                 mc::options_from_env({.intents = mc::intent::guild_messages | mc::intent::message_content})};

  bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    if (event.message.content == "!report") co_await report(bot.rest(), event.message.channel_id);
  });

  bot.on<mc::interaction_create>([&](const mc::interaction_create& event) -> mc::task<> {
    const auto* pressed = event.interaction.data.get_if<mc::message_component_data>();
    if (!pressed || pressed->custom_id != "again" || !event.interaction.channel_id) co_return;
    co_await bot.rest().create_interaction_response(event.interaction.id, event.interaction.token,
                                                    {.type = mc::interaction_callback_type::deferred_update_message});
    co_await report(bot.rest(), *event.interaction.channel_id);
  });

  return bot.run();
} catch (const mc::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
