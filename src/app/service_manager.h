#pragma once

#include <string>
#include <string_view>

namespace noroshi {

/// Tells systemd how the daemon is (sd_notify(3): a datagram to $NOTIFY_SOCKET). Without that
/// variable every call does nothing. Not thread-safe.
class ServiceManager {
 public:
  /// Reads the environment once.
  ServiceManager();
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  void ready() { send("READY=1"); }
  void reloading();
  void stopping() { send("STOPPING=1"); }
  /// Due at least every watchdog_milliseconds() / 2.
  void alive() { send("WATCHDOG=1"); }
  void status(std::string_view text);
  /// While a start takes longer than the unit allows: half a minute more from now.
  void still_starting() { send("EXTEND_TIMEOUT_USEC=30000000"); }
  /// What WatchdogSec= asks for; 0: nothing.
  [[nodiscard]] unsigned long watchdog_milliseconds() const { return watchdog_milliseconds_; }

 private:
  void send(std::string_view message);

  int socket_ = -1;
  std::string path_;
  unsigned long watchdog_milliseconds_ = 0;
};

}  // namespace noroshi
