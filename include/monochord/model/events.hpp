// SPDX-License-Identifier: MIT
#pragma once

// Every gateway event as a struct; whoever wants to compile less includes the header of the events that they handle.
#include <monochord/model/application_events.hpp>
#include <monochord/model/channel_events.hpp>
#include <monochord/model/derived_events.hpp>
#include <monochord/model/guild_events.hpp>
#include <monochord/model/interaction_events.hpp>
#include <monochord/model/message_events.hpp>
#include <monochord/model/moderation_events.hpp>
#include <monochord/model/ready_events.hpp>
#include <monochord/model/voice_events.hpp>
