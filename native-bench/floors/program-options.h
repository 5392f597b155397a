// The command line of a floor's program: name=value words, and what its main returns.

#pragma once

#include <cstdio>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using Options = std::map<std::string, std::string>;

inline const std::string& option(const Options& options, const std::string& name) {
  auto found = options.find(name);
  if (found == options.end()) throw std::runtime_error("missing " + name + "=");
  return found->second;
}

// Of a list such as 1,32.
inline std::vector<size_t> numbers(const std::string& list) {
  std::vector<size_t> values;
  std::stringstream parts(list);
  for (std::string part; std::getline(parts, part, ',');) values.push_back(std::stoul(part));
  return values;
}

// 0, or 2 after `run` has thrown, with the reason on stderr. All `count` words are name=value.
template <typename Run>
int run_program(const char* name, int count, char** words, Run run) {
  try {
    Options options;
    for (int i = 0; i < count; i++) {
      std::string word = words[i];
      size_t equals = word.find('=');
      if (equals == std::string::npos) throw std::runtime_error("expected name=value, got " + word);
      options[word.substr(0, equals)] = word.substr(equals + 1);
    }
    run(options);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", name, error.what());
    return 2;
  }
}
