#include "transport/mailbox.hpp"

#include <cstdlib>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace parley::transport {

Mailbox::Mailbox() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (event_ < 0) std::abort();  // no file descriptors left at the start
  datagrams_.reserve(kMaxDatagrams);
}

Mailbox::~Mailbox() {
  close(event_);
}

void Mailbox::post(Task task) {
  std::unique_lock lock(mutex_);
  tasks_.push_back(std::move(task));
  wake(lock);
}

bool Mailbox::hand_over(Datagram&& datagram) {
  std::unique_lock lock(mutex_);
  if (datagrams_.size() == kMaxDatagrams) return false;
  datagrams_.push_back(std::move(datagram));
  wake(lock);
  return true;
}

void Mailbox::wake(std::unique_lock<std::mutex>& lock) {
  const bool needed = !std::exchange(woken_, true);
  lock.unlock();
  if (needed) eventfd_write(event_, 1);
}

void Mailbox::take(std::vector<Task>& tasks, std::vector<Datagram>& datagrams) {
  eventfd_t ignored;
  eventfd_read(event_, &ignored);
  const std::lock_guard lock(mutex_);
  woken_ = false;
  tasks_.swap(tasks);
  datagrams_.swap(datagrams);
}

}  // namespace parley::transport
