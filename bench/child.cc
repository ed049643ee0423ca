#include "bench/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace plenary::bench {
namespace {

constexpr int kPatienceMs = 300'000;
constexpr int kEndingMs = 20'000;

}  // namespace

Child::Child(const std::vector<std::string>& command) {
  int to_child[2], from_child[2];
  if (::pipe2(to_child, O_CLOEXEC) != 0 || ::pipe2(from_child, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);

  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // never outlive the bench
    ::dup2(to_child[0], STDIN_FILENO);
    ::dup2(from_child[1], STDOUT_FILENO);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  ::close(to_child[0]);
  ::close(from_child[1]);
  in_ = to_child[1];
  out_ = from_child[0];
}

Child::~Child() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(in_);
  ::close(out_);
}

void Child::send(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(in_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("a process of the bench went away before: " + line);
  }
}

std::string Child::receive() {
  for (;;) {
    if (const auto end = buffer_.find('\n'); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    pollfd waiting{out_, POLLIN, 0};
    if (::poll(&waiting, 1, kPatienceMs) <= 0) throw std::runtime_error("a process of the bench says nothing");
    char chunk[4096];
    const ssize_t got = ::read(out_, chunk, sizeof chunk);
    if (got <= 0) throw std::runtime_error("a process of the bench ended by itself");
    buffer_.append(chunk, static_cast<std::size_t>(got));
  }
}

std::string Child::answer() {
  const std::string line = receive();
  if (line.rfind("ok ", 0) != 0) throw std::runtime_error(line);
  return line.substr(3);
}

std::string Child::ask(const std::string& line) {
  send(line);
  return answer();
}

int Child::wait(int patience_ms) {
  for (int waited = 0; waited < patience_ms; waited += 5) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    ::poll(nullptr, 0, 5);
  }
  return -1;
}

int Child::terminate() {
  ::kill(pid_, SIGTERM);
  const int status = wait(kEndingMs);
  if (status >= 0) return status;
  ::kill(pid_, SIGKILL);
  return wait(kEndingMs);
}

double Child::cpu_seconds() const {
  double seconds = 0;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid_) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    std::ifstream file(task.path() / "schedstat");
    double nanoseconds = 0;
    if (file >> nanoseconds) seconds += nanoseconds / 1e9;
  }
  return seconds;
}

double Child::peak_memory_mb() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  for (std::string word; file >> word;) {
    double kib = 0;
    if (word == "VmHWM:" && file >> kib) return kib / 1024;
  }
  return 0;
}

}  // namespace plenary::bench
