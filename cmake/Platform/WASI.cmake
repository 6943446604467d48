# CMake has no module of its own for this system.
set(WASI TRUE)
