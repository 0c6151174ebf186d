{
  "targets": [
    {
      "target_name": "synack",
      "sources": ["addon.c", "device.c"],
      "cflags": ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]
    }
  ]
}
