{
  "targets": [
    {
      "target_name": "synack",
<<<<<<< HEAD
      "sources": ["addon.c", "checksum.c", "device.c", "frame.c", "raw.c", "receive.c", "transmit.c"],
=======
      "sources": ["addon.c", "address.c", "checksum.c", "device.c", "frame.c", "receive.c", "transmit.c"],
>>>>>>> w-tun
      "cflags": ["-std=gnu11", "-O3", "-Wall", "-Wextra", "-Werror"]
    }
  ]
}
