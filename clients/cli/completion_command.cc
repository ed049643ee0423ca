// completion: a script for the shell, made from the commands themselves so that it is never out of date.
#include "clients/cli/commands.h"

namespace plenary::cli {
namespace {

std::string options_of(const CLI::App& command) {
  std::string text;
  for (const auto* option : command.get_options())
    for (const auto& name : option->get_lnames()) text += (text.empty() ? "--" : " --") + name;
  return text;
}

// "name|words that may follow" for every command and, one level down, its own commands.
std::vector<std::pair<std::string, std::string>> words_after(const CLI::App& app) {
  std::vector<std::pair<std::string, std::string>> words;
  for (const auto* command : app.get_subcommands(nullptr)) {
    std::string following;
    for (const auto* inner : command->get_subcommands(nullptr)) following += inner->get_name() + " ";
    words.emplace_back(command->get_name(), following + options_of(*command));
  }
  return words;
}

std::string commands_of(const CLI::App& app) {
  std::string text;
  for (const auto& [name, following] : words_after(app)) text += (text.empty() ? "" : " ") + name;
  return text;
}

std::string bash_script(const CLI::App& app) {
  std::string text = "_plenary() {\n  local word=${COMP_WORDS[COMP_CWORD]} words=\n  case ${COMP_WORDS[1]} in\n";
  for (const auto& [name, following] : words_after(app)) text += "    " + name + ") words='" + following + "' ;;\n";
  text += "  esac\n  [ \"$COMP_CWORD\" = 1 ] && words='" + commands_of(app) + "'\n";
  text += "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\") $(compgen -f -- \"$word\"))\n}\n";
  return text + "complete -o filenames -F _plenary plenary\n";
}

std::string zsh_script(const CLI::App& app) {
  return "autoload -U +X bashcompinit && bashcompinit\n" + bash_script(app);
}

std::string quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return "'" + text + "'";
}

std::string fish_script(const CLI::App& app) {
  std::string text;
  for (const auto* command : app.get_subcommands(nullptr))
    text += "complete -c plenary -n __fish_use_subcommand -a " + command->get_name() + " -d " +
            quoted(command->get_description()) + "\n";
  for (const auto& [name, following] : words_after(app))
    if (!following.empty())
      text += "complete -c plenary -n '__fish_seen_subcommand_from " + name + "' -a '" + following + "'\n";
  return text;
}

}  // namespace

void declare_completion(Declared declared) {
  auto shell = std::make_shared<std::string>();
  auto* command = declared.app.add_subcommand("completion", "A completion script: source <(plenary completion bash)");
  command->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([=, action = &declared.action, app = &declared.app] {
    *action = [=](Session& session) {
      const std::string script = *shell == "fish"  ? fish_script(*app)
                                 : *shell == "zsh" ? zsh_script(*app)
                                                   : bash_script(*app);
      session.say(script, {{"shell", *shell}, {"script", script}});
      return ExitCode::done;
    };
  });
}

}  // namespace plenary::cli
