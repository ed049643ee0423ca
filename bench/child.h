// A child process: its standard input and output by lines, its CPU time and memory as the system counts them.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace plenary::bench {

class Child {
 public:
  // Starts the program; standard error stays ours. Throws std::system_error.
  explicit Child(const std::vector<std::string>& command);
  ~Child();  // kills what still runs
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void send(const std::string& line);
  // The next line of its output. Throws when it ends or says nothing for too long.
  std::string receive();
  // receive() without its "ok "; throws what an "error" line says.
  std::string answer();
  std::string ask(const std::string& line);

  // Sends SIGTERM, waits, returns the exit status (killed after a while: 128 + 9).
  int terminate();

  // Of all its threads that still run.
  double cpu_seconds() const;
  double peak_memory_mb() const;

 private:
  int wait(int patience_ms);

  pid_t pid_ = -1;
  int in_ = -1, out_ = -1;
  std::string buffer_;
};

}  // namespace plenary::bench
