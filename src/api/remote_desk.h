#pragma once

#include <memory>
#include <string>

#include "desk/desk.h"

namespace noroshi {

/// Asks the daemon that serves on a Unix socket. Not thread-safe.
class RemoteDesk final : public Desk {
 public:
  /// kUnavailable when nobody serves there.
  [[nodiscard]] static Result<std::unique_ptr<RemoteDesk>> connect(const std::string& unix_socket);
  ~RemoteDesk() override;

  [[nodiscard]] Result<FilterVocabulary> vocabulary() override;
  /// The daemon knows the account from the socket, whatever `asker` says of it.
  [[nodiscard]] Result<std::unique_ptr<FlowAnswers>> flows(const Asker& asker) override;
  [[nodiscard]] Result<std::string> exporters() override;
  [[nodiscard]] Result<std::string> interfaces() override;
  [[nodiscard]] Result<std::string> status() override;

 private:
  class Flows;
  explicit RemoteDesk(std::string unix_socket);
  [[nodiscard]] Result<std::string> get(const std::string& path);

  std::string unix_socket_;
};

}  // namespace noroshi
