// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cache/pack.hpp"
#include "cache/saved_guild.hpp"
#include "cache/saved_head.hpp"
#include "core/file.hpp"

namespace monochord {

using namespace cached;

namespace cached {

namespace {

bool is_shard(const cache_mark& mark) noexcept {
  return mark.shard_count >= 1 && mark.shard_id >= 0 && mark.shard_id < mark.shard_count;
}

template <class T>
void put_json(packer& io, const optional<T>& value) {
  io.put_text(value ? json::encode(*value) : std::string());
}
template <class T>
bool take_json(unpacker& io, optional<T>& value) {
  const std::string_view text = io.take_text();
  json::failure why;
  return text.empty() || json::decode_into(value.emplace(), text, why);
}

}  // namespace

void write_head(std::string& out, const saved_head& head) {
  packer io(out, 0);
  io.fixed(head.told.bot_id.value());
  io.varint(head.told.saved_at.time_since_epoch().count());
  io.varint(head.users_without.bits());
  put_json(io, head.self);
  put_json(io, head.app);
  io.varint(static_cast<std::int64_t>(head.told.marks.size()));
  for (const cache_mark& mark : head.told.marks) {
    io.varint(mark.shard_id);
    io.varint(mark.shard_count);
    io.put_text(mark.session_id);
    io.varint(mark.seq);
  }
}

bool read_head(std::string_view text, saved_head& head) {
  unpacker io(text, 0);
  head.told.bot_id = user_id{io.fixed()};
  head.told.saved_at = timestamp{std::chrono::microseconds{io.varint()}};
  head.users_without = flags<cache_field>(static_cast<std::uint32_t>(io.varint()));
  if (!take_json(io, head.self) || !take_json(io, head.app)) return false;
  for (auto left = io.varint(); left > 0 && !io.failed(); --left) {
    cache_mark mark;
    mark.shard_id = static_cast<int>(io.varint());
    mark.shard_count = static_cast<int>(io.varint());
    mark.session_id = io.take_text();
    mark.seq = io.varint();
    if (!is_shard(mark)) return false;
    head.told.marks.push_back(std::move(mark));
  }
  return !io.failed() && io.rest().empty();
}

cache_file load(world& fresh, block_reader& file, const cache_restore_options& options) {
  std::string_view text;
  saved_head head;
  if (file.next(text) != block_kind::head || !read_head(text, head)) file.damaged("its head makes no sense");
  cache_file& told = head.told;
  if (options.bot_id && told.bot_id && options.bot_id != told.bot_id)
    throw error(errc::file_mismatch, file.name() + " is of another bot, " + std::to_string(told.bot_id.value()));
  std::vector<cache_mark> kept;
  if (options.keep) std::copy_if(told.marks.begin(), told.marks.end(), std::back_inserter(kept), options.keep);
  const auto wanted = [&](guild_id id) {
    return !options.keep || std::any_of(kept.begin(), kept.end(), [&](const cache_mark& m) {
      return (id.value() >> 22) % static_cast<std::uint64_t>(m.shard_count) == static_cast<std::uint64_t>(m.shard_id);
    });
  };
  constexpr auto of_users = cache_field::user_global_name | cache_field::user_avatar | cache_field::user_banner |
                            cache_field::user_decoration;
  const bool enough = !fresh.options.policy.kinds.has(cache_kind::users) ||
                      fresh.options.policy.without.has(head.users_without & of_users);
  if (!options.keep || !kept.empty()) {
    fresh.self_id = told.bot_id.value();
    fresh.self = std::move(head.self);
    fresh.app = std::move(head.app);
  }
  const auto since =
      std::chrono::duration_cast<std::chrono::seconds>(fresh.options.clock->utc_now().time_since_epoch()) -
      std::chrono::duration_cast<std::chrono::seconds>(told.saved_at.time_since_epoch());
  const auto older = static_cast<std::uint32_t>(std::clamp<std::int64_t>(since.count(), 0, INT32_MAX));
  for (block_kind kind = file.next(text); kind != block_kind::end; kind = file.next(text)) {
    const guild_id id = guild_of_block(text);
    if (kind != block_kind::guild) file.damaged("a block is of no known kind");
    if (!wanted(id)) {
      ++told.left_out;
      continue;
    }
    const guild_read read = read_guild(fresh, text, older);
    if (read == guild_read::damaged) file.damaged("guild " + std::to_string(id.value()) + " makes no sense");
    if (read == guild_read::less_than_wanted || !enough)
      throw error(errc::file_mismatch, file.name() + " was saved under a policy that kept less of guild " +
                                           std::to_string(id.value()) + " than this cache's");
    if (id) ++told.restored;
  }
  return std::move(told);
}

}  // namespace cached

void cache::save(const std::string& path, const std::vector<cache_mark>& marks) const {
  if (path.empty()) throw error(errc::invalid_argument, "a file of a cache needs a path");
  if (!std::all_of(marks.begin(), marks.end(), is_shard))
    throw error(errc::invalid_argument, "a mark of a cache names no shard");
  world& w = whole();
  const std::lock_guard one_at_a_time(w.save_lock);
  detail::file_replacement file(path);
  block_writer blocks([&](std::string_view bytes) { file.write(bytes); });
  saved_head head;
  head.told.bot_id = user_id{w.self_id.load(std::memory_order_relaxed)};
  head.told.saved_at = w.options.clock->utc_now();
  head.told.marks = marks;
  head.users_without = w.options.policy.without;
  head.self = current_user();
  head.app = current_application();
  std::string text;
  write_head(text, head);
  blocks.put(block_kind::head, text);
  if (w.users.loose() != 0) static_cast<void>(w.open(guild_id{}));
  std::vector<guild_id> guilds = guild_ids();
  guilds.emplace_back();  // what belongs to none
  for (const guild_id id : guilds) {
    const auto image = w.copy(id);
    if (!image) continue;  // gone meanwhile
    text.clear();
    write_guild(text, *image, w.now());
    blocks.put(block_kind::guild, text);
  }
  blocks.finish();
  file.commit();
}

optional<cache_file> cache::restore(const std::string& path) { return restore(path, cache_restore_options{}); }

optional<cache_file> cache::restore(const std::string& path, const cache_restore_options& options) {
  detail::own_file file = detail::own_file::open(path, errc::file_mismatch);
  if (!file) return std::nullopt;
  block_reader blocks([&](char* to, std::size_t most) { return file.read(to, most); }, file.size(), path);
  world& w = whole();
  const auto fresh = std::make_unique<world>(w.options);
  fresh->started = w.started;
  cache_file told = load(*fresh, blocks, options);
  w.replace_by(*fresh);
  return optional<cache_file>(std::move(told));
}

}  // namespace monochord
