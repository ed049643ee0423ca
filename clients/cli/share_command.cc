// share: copies records into another space of this profile, so that those who are there may read them.
#include "clients/cli/commands.h"
#include "clients/cli/value_text.h"

namespace plenary::cli {
namespace {

SpaceId space_named(Session& session, const std::string& name) {
  for (const auto& space : session.replica().spaces())
    if (space.name == name || (name.size() >= 4 && space.space.hex().starts_with(name))) return space.space;
  give_up(ErrorCode::not_found, "There is no space \"" + name + "\" here. See: plenary space list");
}

// One sharing: reads in `from`, writes copies with one edit of `to`.
class Sharing {
 public:
  Sharing(Session& session, const SpaceId& from, const SpaceId& to)
      : session_(session), from_(from), to_(to), edit_(session.replica().edit(to)) {}

  replica::RecordId share(const replica::RecordId& id) {
    const auto record = need(session_.replica().get(from_, id));
    if (record.life != replica::Life::live)
      give_up(ErrorCode::conflict, record.id.text + " is deleted, or waits for a decision: settle that first");
    const auto copy = copy_of(record, record.type);
    for (const auto& [name, field] : record.fields) {
      if (field.asks)
        give_up(ErrorCode::conflict, "People still have to decide about " + name + " of " + record.id.text +
                                         ": see plenary conflicts, then share it");
      write(copy, record.type, name, field.value);
    }
    if (record.type == "finding") share_cited(record, copy.id);
    return copy.id;
  }

  void commit() { need(edit_->commit()); }

 private:
  struct Copy {
    replica::RecordId id;
    std::optional<replica::RecordView> there;  // what the other space shows of it now
  };

  Copy copy_of(const replica::RecordView& record, const std::string& type) {
    const OriginTag tag = need(session_.replica().origin_tag(from_, record.id));
    Copy copy{need(edit_->create_copy(type, tag)), std::nullopt};
    if (auto there = session_.replica().get(to_, copy.id)) copy.there = std::move(*there);
    return copy;
  }

  void write(const Copy& copy, const std::string& type, const std::string& name, const replica::Value& value) {
    const auto* field = session_.schema().type_named(type)->field_named(name);
    if (copy.there && ((*copy.there)[name] == value || field->policy == merge::Policy::once)) return;
    if (field->policy == merge::Policy::text) return need(edit_->set_text(copy.id, name, value.text()));
    if (field->policy != merge::Policy::set_union && field->policy != merge::Policy::append)
      return need(edit_->set(copy.id, name, value));
    const auto* list = std::get_if<std::vector<replica::Value>>(&value.content);
    const auto* present = copy.there ? std::get_if<std::vector<replica::Value>>(&(*copy.there)[name].content) : nullptr;
    for (const auto& entry : list != nullptr ? *list : std::vector<replica::Value>{}) {
      const bool known = present != nullptr && std::find(present->begin(), present->end(), entry) != present->end();
      if (!known) need(edit_->add(copy.id, name, entry));
    }
  }

  // The notes that a finding cites, as the host may read them: the author's role, never the name.
  void share_cited(const replica::RecordView& finding, const replica::RecordId& finding_copy) {
    for (const char* relation : {"supports", "qualifies", "contradicts"}) {
      const auto* notes = std::get_if<std::vector<replica::Value>>(&finding[relation].content);
      for (const auto& note : notes != nullptr ? *notes : std::vector<replica::Value>{})
        share_note({note.text()}, finding_copy);
    }
  }

  void share_note(const replica::RecordId& id, const replica::RecordId& finding_copy) {
    const auto note = session_.replica().get(from_, id);
    if (!note || note->life == replica::Life::deleted || note->life == replica::Life::erased) return;
    const auto copy = copy_of(*note, "cited_evidence");
    const auto put = [&](const std::string& name, const replica::Value& value) {
      if (!value.empty()) write(copy, "cited_evidence", name, value);
    };
    put("finding", finding_copy);
    put("author_role", name_of(session_.schema(), note->created.role));
    put("source_kind", (*note)["source_kind"]);
    put("body", (*note)["body"]);
    put("questions", (*note)["questions"]);
  }

  Session& session_;
  SpaceId from_, to_;
  std::unique_ptr<replica::Edit> edit_;
};

ExitCode share(Session& session, const std::vector<std::string>& ids, const std::string& to) {
  Sharing sharing(session, session.space(), space_named(session, to));
  std::string text;
  Json list = Json::array();
  for (const auto& typed : ids) {
    const auto id = session.id(typed);
    const auto copy = sharing.share(id);
    text += (text.empty() ? "" : "\n") + copy.text;
    list.push_back({{"id", id.text}, {"copy", copy.text}});
  }
  sharing.commit();
  session.say(text, list);
  return ExitCode::done;
}

}  // namespace

void declare_share_command(Declared declared) {
  struct Share {
    std::vector<std::string> ids;
    std::string to;
  };
  auto wanted = std::make_shared<Share>();
  auto* command = declared.app.add_subcommand(
      "share", "Copy records into another space, a finding with the notes it cites (roles, never names)");
  command->add_option("ids", wanted->ids, "Their ids")->required();
  command->add_option("--to", wanted->to, "The other space")->required();
  command->callback([=, action = &declared.action] {
    *action = [=](Session& session) { return share(session, wanted->ids, wanted->to); };
  });
}

}  // namespace plenary::cli
