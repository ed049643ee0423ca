#include <algorithm>

#include "core/sync/hub_space.h"
#include "core/sync/session.h"

namespace plenary::sync {

class HubSession::Impl {
 public:
  Impl(HubSpaces& spaces, const crypto::AgreementKey& key, const DeviceKey& signing, Environment& environment,
       HubOptions options)
      : options_(std::move(options)),
        signing_(signing),
        line_(Channel::from_device(key, environment),
              {.handshake_ms = options_.handshake_timeout_ms, .idle_ms = options_.idle_timeout_ms}),
        context_{spaces, line_, options_} {}

  Output receive(ByteSpan bytes, std::int64_t now_ms) {
    if (line_.begin(now_ms)) {
      const bool was_established = line_.channel().established();
      if (line_.take_in(bytes) && admit(was_established)) {
        while (std::optional<Message> message = line_.next()) {
          std::visit([&](auto& body) { take(std::move(body)); }, *message);
        }
        work();
      }
    }
    return line_.end();
  }

  Output go_on(std::int64_t now_ms) {
    if (line_.begin(now_ms)) work();
    return line_.end();
  }

  Output stored(const StoreOutcome& outcome, std::int64_t now_ms) {
    if (line_.begin(now_ms)) {
      std::ranges::any_of(spaces_, [&](const auto& space) { return space->stored(outcome); });
      work();
    }
    return line_.end();
  }

  Output changed(const SpaceId& id, std::int64_t now_ms) {
    if (line_.begin(now_ms)) {
      for (auto& space : spaces_) {
        if (space->id() == id) space->changed();
      }
      work();
    }
    return line_.end();
  }

  Output finish(const Error& reason, std::int64_t retry_after_ms, std::int64_t now_ms) {
    if (line_.begin(now_ms)) line_.fail(reason, true, retry_after_ms);
    return line_.end();
  }

  const TransportKey& device() const { return line_.channel().peer(); }
  std::uint64_t messages() const { return line_.channel().messages_in(); }
  std::size_t unfinished() const { return line_.channel().unfinished(); }
  std::vector<SpaceId> follows() const {
    std::vector<SpaceId> ids;
    for (const auto& space : spaces_) {
      if (space->open()) ids.push_back(space->id());
    }
    return ids;
  }
  bool over() const { return line_.over(); }
  const Progress& progress() const { return line_.progress(); }

 private:
  bool admit(bool was_established) {
    if (was_established || !line_.channel().established() || !options_.admit) return true;
    const Result<void> admitted = options_.admit(device());
    if (!admitted) line_.fail(admitted.error(), true);
    return admitted.has_value();
  }

  std::vector<Opened> open(const std::vector<Open>& opens) {
    std::vector<Opened> answers;
    for (const Open& each : opens) {
      const bool twice = std::ranges::any_of(spaces_, [&](const auto& space) { return space->id() == each.space; });
      if (twice || spaces_.size() >= options_.max_spaces) {
        line_.fail(ErrorCode::limit_exceeded, twice ? "The device opened a space twice on one connection."
                                                    : "The device opened more than " +
                                                          std::to_string(options_.max_spaces) +
                                                          " spaces on one connection.");
        return answers;
      }
      spaces_.push_back(std::make_unique<HubSpace>(context_, each.space, static_cast<std::uint32_t>(spaces_.size())));
      answers.push_back(spaces_.back()->answer(each));
    }
    return answers;
  }

  HubSpace* find(std::uint32_t index) {
    if (index < spaces_.size()) return spaces_[index].get();
    line_.fail(ErrorCode::malformed, "The device named a space that it did not open.");
    return nullptr;
  }

  void work() {
    if (line_.over() || !greeted_) return;
    for (auto& space : spaces_) space->request_storing();
    for (auto& space : spaces_) space->pump();
  }

  void take(Hello hello) {
    if (greeted_) return line_.fail(ErrorCode::malformed, "The device said hello twice.");
    greeted_ = true;
    context_.token = std::move(hello.token);
    context_.credit = static_cast<std::int64_t>(std::min<std::uint64_t>(hello.window, 1u << 30));
    Welcome welcome{{}, options_.window, signing_, open(hello.open)};
    line_.send(welcome);
  }
  void take(const Opens& opens) {
    if (!greeted_) return line_.fail(ErrorCode::malformed, "The device opened a space before it said hello.");
    for (Opened& opened : open(opens.open)) line_.send(opened);
  }
  void take(const Want& want) {
    if (HubSpace* space = find(want.space)) space->take(want);
  }
  void take(Items items) {
    if (HubSpace* space = find(items.space)) space->take(std::move(items));
  }
  void take(const Survey& survey) {
    if (HubSpace* space = find(survey.space)) space->take(survey);
  }
  void take(const Reminder& reminder) {
    if (HubSpace* space = find(reminder.space)) space->take(reminder);
  }
  void take(Credit credit) {
    context_.credit += static_cast<std::int64_t>(std::min<std::uint64_t>(credit.bytes, 1u << 30));
  }
  void take(Ping) { line_.send(Pong{}); }
  void take(Pong) {}
  void take(const Bye& bye) { line_.closed_by_peer(bye); }
  void take(const Welcome&) { unexpected(); }
  void take(const Opened&) { unexpected(); }
  void take(const Plan&) { unexpected(); }
  void take(const Committed&) { unexpected(); }
  void take(const Layout&) { unexpected(); }
  void unexpected() { line_.fail(ErrorCode::malformed, "The device sent a message that only hubs send."); }

  HubOptions options_;
  DeviceKey signing_;
  Line line_;
  HubContext context_;
  std::vector<std::unique_ptr<HubSpace>> spaces_;
  bool greeted_ = false;
};

HubSession::HubSession(HubSpaces& spaces, const crypto::AgreementKey& key, const DeviceKey& signing,
                       Environment& environment, HubOptions options)
    : impl_(std::make_unique<Impl>(spaces, key, signing, environment, std::move(options))) {}
HubSession::~HubSession() = default;

Output HubSession::start(std::int64_t now_ms) {
  return impl_->go_on(now_ms);
}
Output HubSession::receive(ByteSpan bytes, std::int64_t now_ms) {
  return impl_->receive(bytes, now_ms);
}
Output HubSession::resume(std::int64_t now_ms) {
  return impl_->go_on(now_ms);
}
Output HubSession::tick(std::int64_t now_ms) {
  return impl_->go_on(now_ms);
}
Output HubSession::stored(const StoreOutcome& outcome, std::int64_t now_ms) {
  return impl_->stored(outcome, now_ms);
}
Output HubSession::changed(const SpaceId& space, std::int64_t now_ms) {
  return impl_->changed(space, now_ms);
}
Output HubSession::finish(const Error& reason, std::int64_t retry_after_ms, std::int64_t now_ms) {
  return impl_->finish(reason, retry_after_ms, now_ms);
}
const TransportKey& HubSession::device() const {
  return impl_->device();
}
std::uint64_t HubSession::messages() const {
  return impl_->messages();
}
std::size_t HubSession::unfinished() const {
  return impl_->unfinished();
}
std::vector<SpaceId> HubSession::follows() const {
  return impl_->follows();
}
bool HubSession::over() const {
  return impl_->over();
}
Progress HubSession::progress() const {
  return impl_->progress();
}

}  // namespace plenary::sync
