#include <fmt/format.h>

#include <memory>
#include <string>

#include "c2.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

struct Options {
  std::shared_ptr<DocketArguments> asking = std::make_shared<DocketArguments>();
  std::string server;
  std::string reason;
};

std::string text_of(const Json& answer, const Words& words) {
  return fmt::format(fmt::runtime(words("{}: {}、ランク {}\n", "{}: {}, tier {}\n")),
                     answer.at("server").get<std::string>(),
                     state_in_words(answer.at("state").get<std::string>(), words),
                     answer.at("tier").get<std::string>());
}

void add_word(CLI::App& c2, Action& action, const char* verb, const char* description,
              const char* example) {
  const auto options = std::make_shared<Options>();
  auto* command = c2.add_subcommand(verb, description);
  command->add_option("SERVER", options->server, "192.0.2.1:23, 192.0.2.1:23/tcp")->required();
  auto* reason = command->add_option("--reason", options->reason, "Why: it stays on record")
                     ->type_name("TEXT");
  if (std::string_view(verb) != "undo") reason->required();
  add_docket_options(*command, options->asking);
  command->footer(
      fmt::format("Examples:\n  noroshi c2 {} {}\n\n"
                  "Exit status: 0 done; 1 refused or failed; 2 misused.",
                  verb, example));
  command->callback([&action, options, verb] {
    action = [options, verb] {
      const Json request{{"server", options->server}, {"reason", options->reason}};
      return ask_and_print(*options->asking, verb, request, "", text_of);
    };
  });
}

}  // namespace

void add_c2_words(CLI::App& c2, Action& action) {
  add_word(c2, action, "confirm",
           "Say that a server commands bots. It stands until undone, or "
           "until new evidence speaks against it.",
           "192.0.2.1:48101 --reason 'answers as Mirai does'");
  add_word(c2, action, "refute",
           "Say that a server does not. It stands until undone, or until it "
           "is suspected on other grounds.",
           "192.0.2.1:8883/tcp --reason 'the maker of the meters runs it'");
  add_word(c2, action, "watch", "Keep a server on the list whatever comes.",
           "192.0.2.1:48101 --reason 'waiting for the second week'");
  add_word(c2, action, "undo", "Take back what was said of a server.", "192.0.2.1:48101");
}

}  // namespace noroshi
