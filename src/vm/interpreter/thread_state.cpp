// The memory of a Python thread.
#include "vm/interpreter/thread_state.h"

#include <pthread.h>
#include <sys/mman.h>

#include "vm/core/error.h"

namespace ouro::vm {
namespace {

/// Address space only: pages come with use.
constexpr std::size_t kFrameStackSize = std::size_t{256} << 20U;
/// What native code may still use when RecursionError is raised.
constexpr std::size_t kStackMargin = 192 * 1024;

char* lowest_stack_address() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return nullptr;
  void* lowest = nullptr;
  std::size_t size = 0;
  const int failed = pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  if (failed != 0) return nullptr;
  // The main thread's stack may be said to be without bound: no more than 7 MB are counted on then.
  constexpr std::size_t kMost = std::size_t{64} << 20U;
  char* begin = static_cast<char*>(lowest);
  if (size > kMost) begin += size - (std::size_t{7} << 20U);
  return begin + kStackMargin;
}

}  // namespace

ThreadState* new_thread_state(Vm& vm) {
  void* stack = mmap(nullptr, kFrameStackSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (stack == MAP_FAILED) return nullptr;
  auto* state = new ThreadState;
  state->vm = &vm;
  state->stack_begin = state->stack_top = static_cast<char*>(stack);
  state->stack_end = state->stack_begin + kFrameStackSize;
  state->native_stack_limit = lowest_stack_address();
  state->handled = &state->base_handled;
  state->id = static_cast<std::uint64_t>(pthread_self());
  return state;
}

void free_thread_state(ThreadState* state) {
  if (state == nullptr) return;
  xdecref(state->error);
  xdecref(state->base_handled.exception);
  xdecref(state->context);
  xdecref(state->async_gen_first_iter);
  xdecref(state->async_gen_finalizer);
  munmap(state->stack_begin, kFrameStackSize);
  delete state;
}

}  // namespace ouro::vm
