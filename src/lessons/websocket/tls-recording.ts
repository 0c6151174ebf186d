/**
 * The records of a real TLS 1.3 session, both directions, as scripts/record-tls.ts has recorded them (OpenSSL 3.0.19). Inside is
 * what the lesson "WebSocket" says; nobody has the keys any more.
 */
export const RECORDING: readonly { readonly from: 'client' | 'server'; readonly base64: string }[] = [
  {
    from: 'client',
    base64: [
      'FgMBAPEBAADtAwM0+zOp4hFUq52qmM/fUBhfOLjv4IBD3BCpoHff2riuLSCH4sRt5vIvFGhxAVU8CDzvhuZGZOk3IGOeybTCvpjM',
      'qQAIEwITAxMBAP8BAACcAAAAEQAPAAAMY2hhdC5leGFtcGxlAAsABAMAAQIACgAWABQAHQAXAB4AGQAYAQABAQECAQMBBAAjAAAA',
      'FgAAABcAAAANAB4AHAQDBQMGAwgHCAgICQgKCAsIBAgFCAYEAQUBBgEAKwADAgMEAC0AAgEBADMAJgAkAB0AIDTIMqXxsyJf3/or',
      'S6r3x8fTsxaoJ5TCNre1No1P5qIn',
    ].join(''),
  },
  {
    from: 'server',
    base64: [
      'FgMDAHoCAAB2AwOP2anHJqdDzfgQLSpqG8bavbo/UilZ2jOf+xs2Q7vf2SCH4sRt5vIvFGhxAVU8CDzvhuZGZOk3IGOeybTCvpjM',
      'qRMCAAAuACsAAgMEADMAJAAdACBj42RrkN891n1q0ZKDTo7iPtME3lMNHwtdxVoIIJepTxQDAwABARcDAwAXw6YG9ATcVtGvBytq',
      'HA4Iy+ieMlw6FFIXAwMBvoBn0evOSMiKHmMoJTeABK5VkUsen4bOLUQzEFAohoo5kv8I3WXgCKaw9rmMYPp8g7GIo8uO1ft7C8q8',
      'ncSrMrvaJzA0t73wpH79YxM95Zr2rGzLkroolqC1db7NyetS7E+B3xdOzt0v6RvJbUyaE1prSi43/2jGTaLWbQTpt8dfTgYi1bwq',
      '4Vp+mgj/S45NRRnXZxx5pXEVBZ/ybZRMInZi8nHdL5OXyv98TJrSfHqDpLLM2E1Bb1pjv6nGUfOxjSRLqij8mr4+Yess5OdMrK/l',
      'VhvdAfAIOGUCpIwZuGqpwQGMzcC2hq1iLJosrL2GzNKoRR3JfMmxEBCPB9P4WUnMYZpirSYf+pmIEcknq+dVwFyg9Ga2YKfQ+eFm',
      'VksM0ruEnf1btOwquV4bTTHjsorqx9+A2Ozyq7kLf8yI+nsn9gt75d2XM2L9sOV4i8vsWYvyZIp10wCIB8I5PJgGJriFR46C+Upq',
      'LLOqKAgwMd8rjPhbpRXusiNHllFR2+zp2+998BUvyqUZH9Fx9TMYdrUZa4G+Jkyy6cBGrAuugR9OUct5puekFMF2+fk6vEMAiOWb',
      'ZdjiX7tLIje6SPLnFwMDAGBsAVdTDa+jNjcj5vJ6OaaO9eCZ2NZR6Of4lRfHKXU90Y6d/vFOrJ2FKM9HM4S4PNakQeEfn9k45c0U',
      'zIQJLzUTRYN9A10z4DNLVN9BjHAIs7eYJK3oUF5mgEpP6eIpy6UXAwMARYgkkGNGkiCQF81alFNCg8XIA9PynrjCpc7JnAorbxVH',
      'BZ00MrEhhlWRwDXFu2VrFz1m0zAdswh3Xp4e/aiwcvTJuevsCA==',
    ].join(''),
  },
  {
    from: 'client',
    base64: [
      'FAMDAAEBFwMDAEWxD4zHNBOUtXrvDFz4dMKFe6Ka/HRVI0/1lnGA7+jvexm0Gnx8GwS99blkyGVOsRWjvjyvCI0dZXIeMWpPNKhq',
      'mOmx/uYXAwMArMu6rn7aYrNLe3T5hGedDokAOGc8+mAu6SFdBl45yUm0C1AhgytCK63YQ7wwftVNUsqbbAAtsgK1pSuppodDZ9zW',
      'ld25lsAPrVYWPl9zchR0lwOYNc4zOFt5f+Gsj4JQgtjRq2qhRismC+hdxjtJB2lb3ZHr3k9eA8y7wiqpEzA/6JLxUqxTxERbMDfl',
      'sZfinxUw4MCSmuguUSzMealFcbxg3nJ6PbgOkF+bZeQ=',
    ].join(''),
  },
  {
    from: 'server',
    base64: [
      'FwMDAPpF1b4CyzBXD9PNV173eqo/UwmR99HgD0ol2/IWPPJ233wrE2q/bHf1oaE6JF7IbTrTYKXZLebeLLmKvh+PYYrxMyRXERMS',
      '5QdWiRduy1Zb6e19G78FnyYJKt6AUAe9kDbwF1Cp2PSzg84tmxjIinezmMMH9U3AiRBqaopLkbFG0HA74gVAxxUzxuDrfVFqOudU',
      'L1Z7VFoer7AWO81MLkvRjY32hDgzVJYuN4uYqMO5N1WgS9PcftIiQrB08Bon71TeGV//FdeRc1yiX3n5tIyKxzUWl9EnjzPDlXoA',
      'mzsd69J9VgPoy09K33lbjs30iKOqv+g70t1NXeN2FwMDAPrZSJ6m7b7Msrers8B0FWHcThGQtTxuwR7LcOl5G95T+YCqqj6sozZ/',
      'EPPamDXYDU33Y/FZVy9N605+IUDMWLErndMKt3qveKezuMbH5jm2KQCwU5UmZXwhnZMZid+Wso7DzNZQ3Tc5depo7qD5yHnyFtHJ',
      'cwC8snpwX2Ezn8BQz/ssLQ+x6rvMy+2uGBkfdr4LL7nJwZuQxnnMkODF75ORTrx8JV1i7gY3jSOVORJNjNt92xYmoETub5jlDy/r',
      'yeI/663+MpoHITboJjxlbdK7RIizL2XkDZ3LTfGrFN0MCUHTzlwi9LV2zqFzGeRHp7XfJv8HPo8pUJShFwMDAJJC6pS5630qGAv5',
      '/MQklr5c5tgHyFY//ixyqdxmahLq5Ro98P6jjVG8SdWA19Z7/Wl5zovBXYSyh1EWRlwZCdziHLGRmtPUK4CO5+0Tuf0SS5ihzM6O',
      'qz8+5Q1/UJhgBNtn98KyqUyIfTxBSs6EuVsyUJZ6EKFQOkxcsDleO9wPnRXb0R7A+SkptOVnHtZ6Mn4/dA==',
    ].join(''),
  },
  {
    from: 'client',
    base64: ['FwMDABybchRpR+xY/CQ8aEi4LIDbS+7uQ5V4Q8d0z6pB'].join(''),
  },
  {
    from: 'server',
    base64: ['FwMDABhvy8VXj4/9Thuv3bwTGcRA+hutcCK0mwI='].join(''),
  },
  {
    from: 'client',
    base64: ['FwMDABxrnMVej7zaDXUVszxOQa8CDcqYm0iXz93SGOzx'].join(''),
  },
  {
    from: 'server',
    base64: ['FwMDABjPdfiM9w+PQqUzT9LHZVMdORfdVqjBi0QXAwMAE+mVZMhpyyeIgpyf1stsFGcBj/0='].join(''),
  },
  {
    from: 'client',
    base64: ['FwMDABOz1R/iYSGAhpKnIncmreH2y65D'].join(''),
  },
];
