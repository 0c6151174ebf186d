import type { Texts } from '../../lang';

/** A word of the trade, and what it means. */
export interface Term {
  readonly term: string;
  readonly means: string;
}

/** From what one meets first to what one meets last. */
export const GLOSSARY: Texts<readonly Term[]> = {
  en: [
    {
      term: 'TCP',
      means:
        'The part of the Internet that turns packets, which may be lost or come twice or in the wrong order, into two reliable streams of bytes, one each way.',
    },
    {
      term: 'segment',
      means:
        'One packet of TCP: a header with numbers and flags, and perhaps some data. Each arrow of the ladder is one.',
    },
    {
      term: 'port',
      means: 'A number that tells which program of a computer is meant. 10.9.0.2:7 is port 7 at the address 10.9.0.2.',
    },
    {
      term: 'SYN',
      means:
        '“Synchronize”: the flag with which a connection begins. It says at which number the sender starts to count its bytes.',
    },
    { term: 'ACK', means: '“Acknowledged”: all bytes before this number have arrived.' },
    {
      term: 'handshake',
      means: 'SYN, SYN+ACK, ACK: three segments after which both ends know that the other hears them.',
    },
    { term: 'FIN', means: '“Finished”: I shall send nothing more. The other end may go on until it says FIN too.' },
    {
      term: 'RST',
      means: '“Reset”: this connection does not exist, or ends at once, and what is under way is thrown away.',
    },
    {
      term: 'seq',
      means: 'The sequence number of a segment’s first byte. Here it is counted from the start of the connection.',
    },
    {
      term: 'window',
      means: 'How many bytes the receiver has room for. The sender may have no more than that under way.',
    },
    { term: 'MSS', means: 'Maximum segment size: the most data that fits into one segment, often 1,460 bytes.' },
    {
      term: 'RTT',
      means: 'Round-trip time: from sending something until its ACK is back. srtt is its smoothed average.',
    },
    { term: 'RTO', means: 'Retransmission time-out: if no ACK has come for so long, what was sent is sent again.' },
    { term: 'retransmission', means: 'Sending again what was probably lost.' },
    {
      term: 'cwnd',
      means:
        'Congestion window: how many bytes the sender dares to have under way, so as not to overload the network. It grows while all goes well and shrinks with each loss.',
    },
    {
      term: 'ssthresh',
      means: 'Slow-start threshold: below it cwnd doubles with each round trip, above it it grows slowly.',
    },
    {
      term: 'SACK',
      means:
        'Selective acknowledgment: “before this something is missing, but that I have”. So only what is missing is sent again.',
    },
    { term: 'in flight', means: 'Sent, and neither acknowledged nor given up for lost.' },
    {
      term: 'TIME-WAIT',
      means: 'The end that closed first waits a minute or so after the close, in case its last ACK was lost.',
    },
    {
      term: 'ARP',
      means: 'How a computer finds the hardware (MAC) address that belongs to an IP address on the same wire.',
    },
  ],
  ko: [
    {
      term: 'TCP',
      means:
        '패킷은 사라지거나, 두 번 오거나, 순서가 바뀔 수 있습니다. TCP는 이것을 양방향의 믿을 수 있는 바이트 흐름으로 만듭니다.',
    },
    {
      term: '세그먼트',
      means:
        'TCP의 패킷 하나입니다. 번호와 플래그가 담긴 헤더와 데이터로 이루어집니다. 사다리 그림의 화살표 하나가 세그먼트 하나입니다.',
    },
    {
      term: '포트',
      means: '한 컴퓨터의 어느 프로그램인지 나타내는 번호입니다. 10.9.0.2:7은 주소 10.9.0.2의 7번 포트입니다.',
    },
    { term: 'SYN', means: '“동기화”. 연결을 시작하는 플래그입니다. 보내는 쪽이 바이트를 몇 번부터 셀지 알립니다.' },
    { term: 'ACK', means: '“확인 응답”. 이 번호 앞의 바이트를 모두 받았다는 뜻입니다.' },
    {
      term: '핸드셰이크',
      means: 'SYN, SYN+ACK, ACK 세 세그먼트입니다. 이것이 끝나면 양쪽 모두 상대가 듣고 있음을 압니다.',
    },
    {
      term: 'FIN',
      means: '“끝”. 더 보낼 것이 없다는 뜻입니다. 상대는 자기도 FIN을 보낼 때까지 계속 보낼 수 있습니다.',
    },
    { term: 'RST', means: '“리셋”. 그런 연결이 없거나, 연결을 즉시 끝내고 오가던 것을 버린다는 뜻입니다.' },
    { term: 'seq', means: '순서 번호. 세그먼트 첫 바이트의 번호입니다. 여기서는 연결의 시작부터 셉니다.' },
    { term: '윈도우', means: '받는 쪽에 남은 자리(바이트)입니다. 보내는 쪽은 그보다 많이 보내 놓을 수 없습니다.' },
    { term: 'MSS', means: '최대 세그먼트 크기. 세그먼트 하나에 들어가는 데이터의 최댓값으로, 흔히 1,460바이트입니다.' },
    { term: 'RTT', means: '왕복 시간. 보낸 뒤 ACK가 돌아올 때까지 걸린 시간입니다. srtt는 이를 평활한 평균입니다.' },
    { term: 'RTO', means: '재전송 타임아웃. 이 시간 동안 ACK가 없으면 다시 보냅니다.' },
    { term: '재전송', means: '사라진 듯한 것을 다시 보내는 일입니다.' },
    {
      term: 'cwnd',
      means:
        '혼잡 윈도우. 네트워크가 넘치지 않도록 보내는 쪽이 한 번에 보내 놓는 양입니다. 잘 되면 커지고, 손실이 있으면 줄어듭니다.',
    },
    {
      term: 'ssthresh',
      means: '느린 시작 임계값. 이보다 작으면 cwnd가 왕복마다 두 배가 되고, 크면 천천히 늘어납니다.',
    },
    {
      term: 'SACK',
      means: '선택적 확인 응답. “앞에 빠진 것이 있지만 이것은 받았다”는 뜻입니다. 그래서 빠진 것만 다시 보냅니다.',
    },
    { term: '전송 중', means: '보냈지만 아직 확인되지 않았고, 잃어버린 것으로도 보지 않는 데이터입니다.' },
    { term: 'TIME-WAIT', means: '먼저 닫은 쪽은 마지막 ACK가 사라졌을 경우에 대비해 1분쯤 기다립니다.' },
    { term: 'ARP', means: '같은 네트워크에서 IP 주소에 해당하는 하드웨어(MAC) 주소를 찾는 방법입니다.' },
  ],
};
