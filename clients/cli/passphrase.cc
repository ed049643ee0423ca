#include "clients/cli/passphrase.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>

#include "clients/cli/files.h"

namespace plenary::cli {
namespace {

// A string that is wiped when it goes.
class Typed {
 public:
  Typed() { text_.reserve(seal::Passphrase::kMaxBytes + 1); }
  ~Typed() { crypto::wipe({reinterpret_cast<std::byte*>(text_.data()), text_.size()}); }
  Typed(const Typed&) = delete;
  Typed& operator=(const Typed&) = delete;

  std::string& text() { return text_; }

 private:
  std::string text_;
};

seal::Passphrase first_line(std::string& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = std::string_view(text).substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return seal::Passphrase(line);
}

seal::Passphrase from_file(const std::string& path) {
  Typed typed;
  typed.text() = read_text(path == "-" ? "/dev/stdin" : path, "passphrase file");
  return first_line(typed.text());
}

// The terminal that the person sits at, without echo while this lives.
class QuietTerminal {
 public:
  QuietTerminal() : terminal_(::isatty(STDERR_FILENO) != 0 ? ::open("/dev/tty", O_RDWR | O_CLOEXEC) : -1) {
    if (terminal_ < 0 || ::tcgetattr(terminal_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(terminal_, TCSAFLUSH, &quiet) == 0;
  }
  ~QuietTerminal() {
    if (changed_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    if (terminal_ >= 0) ::close(terminal_);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

  bool usable() const { return changed_; }

  seal::Passphrase ask(const std::string& question) {
    write(question + ": ");
    Typed typed;
    char c = 0;
    while (::read(terminal_, &c, 1) == 1 && c != '\n' && typed.text().size() < seal::Passphrase::kMaxBytes)
      typed.text() += c;
    write("\n");
    return first_line(typed.text());
  }

 private:
  // What cannot be shown is not asked; the answer is then empty and refused.
  void write(const std::string& text) { (void)!::write(terminal_, text.data(), text.size()); }

  int terminal_;
  termios before_{};
  bool changed_ = false;
};

std::optional<seal::Passphrase> without_asking(const PassphraseSource& source) {
  if (!source.file.empty()) return from_file(source.file);
  if (const char* file = std::getenv((source.variable + "_FILE").c_str())) return from_file(file);
  if (const char* text = std::getenv(source.variable.c_str())) return seal::Passphrase(text);
  return std::nullopt;
}

[[noreturn]] void nobody_to_ask(const PassphraseSource& source) {
  give_up(ErrorCode::invalid_argument, source.question +
                                           ": it was not given, and there is no terminal to ask on. Give it with " +
                                           source.option + " FILE, or in the environment as " + source.variable +
                                           "_FILE (the name of a file) or " + source.variable + ".");
}

}  // namespace

seal::Passphrase ask_passphrase(const PassphraseSource& source) {
  if (auto given = without_asking(source)) return *std::move(given);
  QuietTerminal terminal;
  if (!terminal.usable()) nobody_to_ask(source);
  return terminal.ask(source.question);
}

seal::Passphrase ask_new_passphrase(const PassphraseSource& source) {
  if (auto given = without_asking(source)) return *std::move(given);
  QuietTerminal terminal;
  if (!terminal.usable()) nobody_to_ask(source);
  auto first = terminal.ask(source.question);
  need(first.check_new());
  if (terminal.ask("Once more").text() != first.text())
    give_up(ErrorCode::invalid_argument, "The two were not the same. Nothing was changed; try again.");
  return first;
}

PassphraseSource current_passphrase(const std::string& file) {
  return {file, "PLENARY_PASSPHRASE", "--passphrase-file", "Passphrase of this profile"};
}
PassphraseSource new_passphrase(const std::string& file) {
  return {file, "PLENARY_NEW_PASSPHRASE", "--new-passphrase-file", "New passphrase of this profile"};
}

}  // namespace plenary::cli
