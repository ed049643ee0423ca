#include <algorithm>

#include "core/base/check.h"
#include "core/sync/device_space.h"
#include "core/sync/session.h"

namespace plenary::sync {

class DeviceSession::Impl {
 public:
  Impl(DeviceSpaces& spaces, const crypto::AgreementKey& key, Environment& environment, DeviceOptions options)
      : options_(std::move(options)),
        line_(Channel::to_hub(key, options_.hub, environment), {.ping_after_ms = kPingAfterMs}),
        context_{spaces, line_, options_} {}

  Output start(std::int64_t now_ms) {
    if (line_.begin(now_ms)) line_.start();
    return line_.end();
  }

  Output receive(ByteSpan bytes, std::int64_t now_ms) {
    if (line_.begin(now_ms)) {
      const bool was_established = line_.channel().established();
      if (line_.take_in(bytes)) {
        if (!was_established && line_.channel().established()) say_hello();
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

  Output local_change(std::int64_t now_ms) {
    if (line_.begin(now_ms) && welcomed_) {
      for (auto& space : spaces_) space->local_change();
      open_more();
      work();
    }
    return line_.end();
  }

  Output finish(std::int64_t now_ms) {
    if (line_.begin(now_ms)) line_.close_normally();
    return line_.end();
  }

  bool up_to_date() const {
    return welcomed_ && !line_.over() && std::ranges::all_of(spaces_, [](const auto& space) { return space->idle(); });
  }
  bool over() const { return line_.over(); }
  const Progress& progress() const { return line_.progress(); }

 private:
  std::vector<Open> open_new_spaces() {
    std::vector<Open> opens;
    const auto wanted = options_.spaces.empty() ? context_.spaces.spaces(options_.hub) : options_.spaces;
    for (const SpaceId& id : wanted) {
      const bool known = std::ranges::any_of(spaces_, [&](const auto& space) { return space->id() == id; });
      if (known || spaces_.size() == kMaxSpaces) continue;
      spaces_.push_back(std::make_unique<DeviceSpace>(context_, id, static_cast<std::uint32_t>(spaces_.size())));
      opens.push_back(spaces_.back()->make_open());
    }
    return opens;
  }

  void open_more() {
    const Opens opens{open_new_spaces()};
    if (!opens.open.empty()) line_.send(opens);
  }

  void say_hello() {
    line_.channel().set_message_limit(kMaxMessage);
    line_.send(Hello{options_.program, options_.window, options_.token, open_new_spaces()});
  }

  void work() {
    for (auto& space : spaces_) space->work();
  }

  DeviceSpace* find(std::uint32_t index) {
    if (welcomed_ && index < spaces_.size()) return spaces_[index].get();
    line_.fail(ErrorCode::malformed, "The hub named a space that was not opened.");
    return nullptr;
  }

  void take(const Welcome& welcome) {
    if (welcomed_) return line_.fail(ErrorCode::malformed, "The hub said welcome twice.");
    welcomed_ = true;
    context_.hub_signing = welcome.signing_key;
    context_.credit = static_cast<std::int64_t>(std::min<std::uint64_t>(welcome.window, 1u << 30));
    for (const Opened& opened : welcome.opened) take(opened);
    open_more();  // joined while the hub was answering
  }
  template <class Body>
  void take_in_space(Body body) {
    if (DeviceSpace* space = find(body.space)) space->take(std::move(body));
  }
  void take(Opened opened) { take_in_space(std::move(opened)); }
  void take(Plan plan) { take_in_space(plan); }
  void take(Items items) { take_in_space(std::move(items)); }
  void take(Committed committed) { take_in_space(std::move(committed)); }
  void take(Layout layout) { take_in_space(std::move(layout)); }
  void take(Credit credit) {
    context_.credit += static_cast<std::int64_t>(std::min<std::uint64_t>(credit.bytes, 1u << 30));
  }
  void take(Ping) { line_.send(Pong{}); }
  void take(Pong) {}
  void take(const Bye& bye) { line_.closed_by_peer(bye); }
  void take(const Hello&) { unexpected(); }
  void take(const Opens&) { unexpected(); }
  void take(const Want&) { unexpected(); }
  void take(const Survey&) { unexpected(); }
  void take(const Reminder&) { unexpected(); }
  void unexpected() { line_.fail(ErrorCode::malformed, "The hub sent a message that only devices send."); }

  DeviceOptions options_;
  Line line_;
  DeviceContext context_;
  std::vector<std::unique_ptr<DeviceSpace>> spaces_;
  bool welcomed_ = false;
};

DeviceSession::DeviceSession(DeviceSpaces& spaces, const crypto::AgreementKey& key, Environment& environment,
                             DeviceOptions options)
    : impl_(std::make_unique<Impl>(spaces, key, environment, std::move(options))) {}
DeviceSession::~DeviceSession() = default;

Output DeviceSession::start(std::int64_t now_ms) {
  return impl_->start(now_ms);
}
Output DeviceSession::receive(ByteSpan bytes, std::int64_t now_ms) {
  return impl_->receive(bytes, now_ms);
}
Output DeviceSession::resume(std::int64_t now_ms) {
  return impl_->go_on(now_ms);
}
Output DeviceSession::tick(std::int64_t now_ms) {
  return impl_->go_on(now_ms);
}
Output DeviceSession::local_change(std::int64_t now_ms) {
  return impl_->local_change(now_ms);
}
Output DeviceSession::finish(std::int64_t now_ms) {
  return impl_->finish(now_ms);
}
bool DeviceSession::up_to_date() const {
  return impl_->up_to_date();
}
bool DeviceSession::over() const {
  return impl_->over();
}
Progress DeviceSession::progress() const {
  return impl_->progress();
}

}  // namespace plenary::sync
