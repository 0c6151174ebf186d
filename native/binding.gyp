{
  "targets": [
    {
      "target_name": "synack",
      "sources": ["addon.c", "address.c", "carrier.c", "checksum.c", "device.c", "frame.c", "packet.c", "raw.c", "receive.c", "transmit.c"],
      "cflags": ["-std=gnu11", "-O3", "-Wall", "-Wextra", "-Werror"]
    }
  ]
}
