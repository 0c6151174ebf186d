import { enCauses } from './en-causes';
import { enDamage } from './en-damage';
import { bits, bytes, number, plural, time, times, upper } from './en-format';
import { enCrowds } from './en-crowds';
import { enLabels } from './en-labels';
import { enPrograms } from './en-programs';
import { enTerms } from './en-terms';
import type { ExplainTexts } from './texts';

/** From so long on a silence is worth a word, µs. */
const LONG_IDLE = 10_000_000;

const lossPlace = (before: number, behind: number): string => {
  if (before > 0 && behind === 0)
    return ' The capture never saw the first copies: they were lost before they came to where it was made.';
  if (behind > 0 && before === 0)
    return ' The capture saw the first copies: they, or the answers to them, were lost behind the point where it was made.';
  return ' Some were lost before the point of capture, some behind it.';
};

/** English. */
export const en: ExplainTexts = {
  client: 'the client',
  server: 'the server',
  number,
  bytes,
  time,
  damage: enDamage,
  causes: enCauses,
  terms: enTerms,
  severity: { failure: 'FAILED', trouble: 'TROUBLE', note: 'note' },
  likelihood: { certain: 'certainly', likely: 'probably', possible: 'possibly' },
  findings: {
    'no-answer': {
      title: () => 'nobody answered the call',
      what: (f) =>
        `The client asked for a connection to port ${f.number('port')} (SYN) ${times(f.count)}, in ${f.time('waited')}, and nothing came back: no yes (SYN-ACK), no refusal (RST), no message from a router.${f.number('answersOthers') === 1 ? ' Other calls to this port were answered in the same capture.' : ''}`,
      todo: 'Look whether a firewall drops packets to this port, whether the address is right and its machine runs. Capture at the server, too: do the SYNs arrive there? If it answers others, its queue of waiting calls may be full (ss -tln: Recv-Q at Send-Q).',
      terms: ['SYN', 'RST', 'port'],
    },
    refused: {
      title: () => 'connection refused',
      what: (f) =>
        `The server answered the call for port ${f.number('port')} with RST after ${f.time('after')}: no connection.`,
      todo: 'Is the program running, on that port and address (ss -tln)? If it is, a firewall rejects the call.',
      terms: ['SYN', 'RST', 'port'],
    },
    unreachable: {
      title: (f) =>
        f.text('what') === 'prohibited'
          ? 'forbidden by a firewall'
          : f.text('what') === 'port'
            ? 'refused by ICMP'
            : 'cannot be reached',
      what: (f) =>
        `${f.text('router')} said by ICMP: ${f.text('what') === 'prohibited' ? 'communication is administratively prohibited' : f.text('what') === 'port' ? 'that port cannot be reached' : f.text('what') === 'host' ? 'that host cannot be reached: it does not answer (is it switched on?), or no way leads to it' : 'no way leads to that host or network'} (code ${f.number('code')}).`,
      todo: 'Ask whoever runs the machine that sent the ICMP message: a firewall rule there, or a missing route, is the reason.',
      terms: ['ICMP', 'port'],
    },
    'syn-repeated': {
      title: (f) => `the ${f.text('which')} had to be sent again`,
      what: (f) =>
        `${upper(f.side)} sent its ${f.text('which')} again ${times(f.count)}${f.number('early') === 1 ? '. Nothing was lost: the first was only slow on its way' : `: the connection began ${f.time('delay')} late`}.`,
      todo: 'A lost SYN costs a second or more. Look for loss on the way, and for a server whose queue of waiting calls is full (ss -tln: Recv-Q at Send-Q).',
      terms: ['SYN', 'handshake'],
    },
    'syn-ack-unanswered': {
      title: () => 'the handshake was never finished',
      what: (f) =>
        `The server said yes (SYN-ACK) ${times(f.count)} in ${f.time('waited')}, and the client never confirmed it with ACK.`,
      todo: 'Capture at the client: does the SYN-ACK arrive? If not, the way back is broken or filtered. Many such conversations at once are a SYN flood.',
      terms: ['SYN', 'ACK', 'handshake'],
    },
    'handshake-abandoned': {
      title: () => 'the client called, and hung up at once',
      what: () =>
        'The server said yes (SYN-ACK), and the client answered RST instead of ACK: it never wanted to talk, or did not know of the call.',
      todo: 'Typical of port scanners. If the client is not one: does somebody else send in its name?',
      terms: ['SYN', 'RST'],
    },
    'half-open': {
      title: () => 'the server still held the old connection',
      what: () =>
        'The client called anew from the same port, and the server answered with a bare ACK instead of SYN-ACK: for it, the connection before was still open. The client answered with RST, and then could begin anew.',
      todo: 'The client lost its memory of the connection (restart, crash, cut cable). Keep-alives on the server find such dead connections.',
      terms: ['half-open', 'SYN', 'ACK', 'RST'],
    },
    'simultaneous-open': {
      title: () => 'both called each other at the same moment',
      what: () =>
        'Both ends sent SYN before either had heard the other. TCP makes one connection of it (RFC 9293 §3.5).',
      terms: ['SYN'],
    },
    'fast-open': {
      title: () => 'TCP Fast Open',
      what: (f) =>
        f.number('bytes') > 0
          ? `The client sent ${f.bytes('bytes')} with its SYN and saved a round trip.`
          : 'The client asked for a cookie; next time it can send data with its SYN.',
      terms: ['Fast Open', 'SYN'],
    },
    'port-reuse': {
      title: () => 'the same ports again',
      what: (f) =>
        `A connection between the same ports was ${f.number('wasOpen') === 1 ? 'still open' : 'over'}, ${f.time('after')} before this one began. Wireshark marks it as "port numbers reused"; it is a new conversation.`,
      terms: ['port'],
    },
    timeout: {
      title: () => 'lost packets, noticed by time-out',
      what: (f) =>
        `${upper(f.side)} heard nothing about what it had sent until its timer ran out, and sent it again: ${plural(f.count, 'segment')}, ${f.bytes('bytes')} (${f.number('percent')} % of its ${plural(f.number('segments'), 'segment')} were lost).${f.number('damaged') === 1 ? ' They had arrived damaged: see there.' : lossPlace(f.number('before'), f.number('behind'))}${f.number('outage') > 0 ? ` For ${f.time('outage')} nothing at all came through (${plural(f.number('tries'), 'try', 'tries')}); then it went on.` : ''}`,
      todo: 'Each time-out stops the transfer for 200 ms or more and slows it down after that. Find where packets are lost: error and drop counters of the network cards, switches and routers in between, a Wi-Fi link, a full queue.',
      terms: ['retransmission', 'RTO', 'ACK'],
    },
    'fast-retransmit': {
      title: () => 'lost packets, mended quickly',
      what: (f) =>
        `${upper(f.other)} kept asking for what was missing, and ${f.side} sent it again at once: ${plural(f.count, 'segment')}, ${f.bytes('bytes')} (${f.number('percent')} % of its segments were lost).${f.number('damaged') === 1 ? ' They had arrived damaged: see there.' : lossPlace(f.number('before'), f.number('behind'))}`,
      todo: 'A little loss is normal on the internet. Above 1 % it slows transfers down: look for a full queue or a bad link.',
      terms: ['retransmission', 'duplicate ACK', 'SACK'],
    },
    'tail-loss-probe': {
      title: () => 'the end was sent twice, to be sure',
      what: (f) =>
        `${upper(f.side)} heard nothing about the last thing that it had sent, and sent it again before its timer ran out (a tail loss probe, RFC 8985): ${times(f.count)}.`,
      terms: ['retransmission', 'RTO'],
    },
    'spurious-retransmission': {
      title: () => 'sent again for nothing',
      what: (f) =>
        f.number('repeated') > 0
          ? `${upper(f.side)} sent ${plural(f.count, 'segment')} again that had arrived${f.number('dsack') > 0 ? ': the other end says so (DSACK)' : ': the answer had passed already'}.`
          : `${upper(f.other)} says (DSACK) that ${plural(f.count, 'segment')} came to it twice, though the capture shows ${f.side} sending each once: somewhere behind the point of capture it was doubled.`,
      todo: 'Look for delays that jump (a queue, Wi-Fi, a virtual machine that was paused), or for ACKs that get lost.',
      terms: ['retransmission', 'DSACK'],
    },
    'fin-repeated': {
      title: () => 'the goodbye had to be repeated',
      what: (f) => `${upper(f.side)} sent its FIN again ${times(f.count)}.`,
      terms: ['FIN'],
    },
    reordering: {
      title: () => 'packets overtook each other',
      what: (f) =>
        `${plural(f.count, 'segment')} of ${f.side} came late, behind what was sent after, by up to ${f.time('latest')}. They were not lost.`,
      todo: 'Somewhere packets of one connection take several ways or queues (bonded links, ECMP per packet, Wi-Fi). Many of them look like loss to the sender and slow it down.',
      terms: ['segment', 'duplicate ACK'],
    },
    'duplicate-acks': {
      title: () => 'ACKs that say nothing new',
      what: (f) => `${upper(f.side)} said ${times(f.count)} what it had said before, and nothing was sent again.`,
      terms: ['duplicate ACK'],
    },
    'mtu-black-hole': {
      title: () => 'large packets disappear (MTU black hole)',
      what: (f) =>
        `Full-size segments of ${f.side} (${f.bytes('size')} of data) were sent ${times(f.count)} more and never arrived, while ${f.number('passed') > 0 ? `nothing larger than ${f.bytes('passed')}` : 'only packets without data'} got through. ${f.number('mtu') > 0 ? `A router did say that ${f.bytes('mtu')} is the most, and it did not help.` : 'No router said "too big" (ICMP), as it should.'}${f.number('recovered') === 1 ? ' In the end the sender tried smaller ones.' : ''}`,
      todo: 'Somewhere on the way is a link with a smaller MTU (VPN, tunnel, PPPoE). Let ICMP "fragmentation needed" (IPv6: "packet too big") pass the firewalls, or clamp the MSS there (nft: tcp option maxseg size set rt mtu), or switch on net.ipv4.tcp_mtu_probing=1.',
      terms: ['MTU', 'MSS', 'ICMP'],
    },
    'too-big': {
      title: () => 'a link on the way takes smaller packets only',
      what: (f) =>
        `${f.text('router')} said that packets of ${f.side} are too big: ${f.bytes('mtu')} is the most. The sender made them smaller, as it should.`,
      terms: ['MTU', 'ICMP', 'MSS'],
    },
    'time-exceeded': {
      title: () => 'packets went round in circles',
      what: (f) =>
        `${f.text('router')} threw a packet away because it had passed too many routers (ICMP time exceeded).`,
      todo: 'Two routers send it to each other: compare their routes (traceroute shows the circle). A traceroute by TCP looks the same.',
      terms: ['TTL', 'ICMP'],
    },
    'bad-checksums': {
      title: () => 'damaged packets',
      what: (f) =>
        `${plural(f.count, 'segment')} of ${f.side} arrived damaged: the checksum is wrong. The receiver throws them away, and they have to be sent again.`,
      todo: 'A bad cable, card or memory on the way; look at error counters (ethtool -S). If the capture was made on the sender itself, it may be its card that fills checksums in later.',
      terms: ['checksum'],
    },
    'checksum-offload': {
      title: () => 'checksums that the network card fills in',
      what: (f) =>
        `The checksums of ${plural(f.count, 'segment')} of ${f.side} are not there yet: the capture was made on the sending machine, before its card filled them in. Nothing is wrong.`,
      terms: ['checksum'],
    },
    'zero-window': {
      title: (f) => `${f.side} could not keep up`,
      what: (f) =>
        `${upper(f.side)} said ${times(f.count)} "stop, I am full" (window 0), and ${f.other} had to wait ${f.time('stalled')} in all${f.number('count') > 1 ? `, ${f.time('longest')} at the longest` : ''}.${f.number('probes') > 0 ? ` It asked ${times(f.number('probes'))} whether there is room.` : ''}${f.number('neverOpened') === 1 ? ' The window never opened again.' : ''}`,
      todo: 'The network is fine: the program at that end reads too slowly. Look at what it does (CPU, disk, a lock, a full buffer of its own).',
      terms: ['window'],
    },
    'window-limits': {
      title: (f) => `the window of ${f.side} limits the speed`,
      what: (f) =>
        `${upper(f.other)} often had to wait because ${f.side} takes no more than ${f.bytes('window')} at a time. With ${f.time('roundTrip')} for the way there and back that is ${bits(f.number('most'))} at most.${f.number('scales') === 0 ? ' The window is not scaled: it cannot grow beyond 64 KiB.' : ''}`,
      todo: 'Give the receiver a larger buffer (net.ipv4.tcp_rmem, SO_RCVBUF), and window scaling to both.',
      terms: ['window', 'window scaling', 'RTT'],
    },
    'no-window-scaling': {
      title: () => 'no window scaling',
      what: (f) =>
        (f.number('offered') === 1
          ? 'The client offered window scaling, and the server did not take it up'
          : 'The client did not offer window scaling') + ': no more than 64 KiB can be on the way.',
      terms: ['window scaling'],
    },
    'no-sack': {
      title: () => 'no selective acknowledgments',
      what: (f) =>
        (f.number('offered') === 1
          ? 'The client offered SACK, and the server did not take it up'
          : 'The client did not offer SACK') + ': after a loss more has to be sent again than was lost.',
      terms: ['SACK'],
    },
    'no-timestamps': {
      title: () => 'no timestamps',
      what: () => 'The client offered timestamps, and the server did not take them up.',
      terms: ['timestamps'],
    },
    'delayed-ack-stall': {
      title: () => 'small writes that wait for late ACKs',
      what: (f) =>
        `${times(f.count).replace(/^./, (c) => c.toUpperCase())}, ${f.side} kept a small piece back until ${f.other} acknowledged the one before, and ${f.other} took ${f.time('each')} on average to do so, because it waited for more. That cost ${f.time('total')}.`,
      todo: "Nagle's algorithm and delayed ACKs wait for each other. Write a message in one piece, or set TCP_NODELAY (in Node: socket.setNoDelay()).",
      terms: ['Nagle', 'delayed ACK', 'ACK'],
    },
    'slow-answer': {
      title: () => 'the server thought for a long time',
      what: (f) =>
        `The request was there, and the first byte of the answer came ${f.time('longest')} later. The way there and back takes ${f.time('roundTrip')}: it is not the network.`,
      todo: 'Look into the server program: a database, another service, a queue.',
      terms: ['RTT'],
    },
    'no-response': {
      title: () => 'a request without an answer',
      what: (f) =>
        f.number('hungUp') === 1
          ? `The server got the HTTP request, said nothing, and closed the connection after ${f.time('waited')}.`
          : `The server acknowledged the HTTP request and said nothing for ${f.time('waited')}.`,
      todo: 'TCP works; the program at the server does not answer. Look into it.',
    },
    'slow-network': {
      title: () => 'a long way',
      what: (f) =>
        `There and back takes ${f.time('roundTrip')} (from the point of capture ${f.time('toClient')} to the client and ${f.time('toServer')} to the server).`,
      terms: ['RTT'],
    },
    'queue-delay': {
      title: () => 'a queue on the way makes everything slow',
      what: (f) =>
        `While ${f.side} was sending, the way there and back grew from ${f.time('least')} to ${f.time('most')} (${f.time('mean')} on average): its packets wait in a queue in front of a slow link, and so do all others that pass there.`,
      todo: 'That is called bufferbloat. Find the slowest link (often the modem or Wi-Fi), and give its queue a modern discipline (fq_codel, CAKE, "smart queue" in routers), or limit the rate to a little less than the link takes.',
      terms: ['RTT'],
    },
    ecn: {
      title: () => 'ECN is in use',
      what: () => 'Both ends have agreed on ECN; no router marked any packet.',
      terms: ['ECN'],
    },
    'congestion-marked': {
      title: () => 'a router warned of congestion',
      what: (f) =>
        `${times(f.count).replace(/^./, (c) => c.toUpperCase())}, a packet was marked on the way, or its mark was echoed: a queue was filling up, and the sender slowed down before anything was lost.`,
      terms: ['ECN'],
    },
    reset: {
      title: (f) =>
        f.number('spokeOn') === 1 ? `a RST in the name of ${f.side} ended it` : `${f.side} broke off (RST)`,
      what: (f) =>
        `A RST ${f.number('spokeOn') === 1 ? 'in the name of' : 'that came from'} ${f.side} ended the conversation at once${f.number('silence') > 1_000_000 ? `, after ${f.time('silence')} of silence` : ''}.${f.number('lost') > 0 ? ` ${f.bytes('lost')} of ${f.other} were on the way and are lost.` : ''}${f.number('usualTtl') > 0 && Math.abs(f.number('ttl') - f.number('usualTtl')) >= 2 ? ` Its TTL is ${f.number('ttl')}; packets of ${f.side} have ${f.number('usualTtl')}.` : ''}${f.number('spokeOn') === 1 ? ` Behind it ${f.side} went on as if nothing had been: it did not send that RST.` : ''}`,
      todo: 'Look at the program at that end: its log, whether it crashed, how it closes connections. A RST that the end itself did not send (capture there!) comes from a firewall or somebody else on the way.',
      terms: ['RST', 'TTL'],
    },
    'reset-after-close': {
      title: (f) => `${f.side} hung up abruptly at the end`,
      what: (f) =>
        `All had been said, and ${f.side} ended with RST instead of waiting for the goodbye. Nothing that matters was lost.`,
      terms: ['RST', 'FIN'],
    },
    'reset-ignored': {
      title: () => 'a RST that was not meant, or forged',
      what: (f) =>
        `A RST in the name of ${f.side} came, and both went on talking: its number was off by ${number(Math.abs(f.number('offset')))}, or its sender was another (TTL ${f.number('ttl')}, usually ${f.number('usualTtl')}).`,
      todo: 'Somebody on the way tries to break the connection, or a middlebox has a wrong idea of it.',
      terms: ['RST', 'TTL'],
    },
    vanished: {
      title: (f) => `${f.side} vanished`,
      what: (f) =>
        `Packet ${f.number('lastHeard')} is the last that was heard of ${f.side}. ${upper(f.other)} tried ${times(f.count)} in ${f.time('silence')} and got no answer.${f.number('idle') >= LONG_IDLE ? ` Before that nobody had said anything for ${f.time('idle')}.` : ''} The connection is half-open: only one end still has it.`,
      todo: 'Does that machine still run? Is there still a way to it (cable, Wi-Fi, VPN, NAT or firewall that forgot the connection)? Capture at the other end shows whether the packets arrive.',
      terms: ['retransmission', 'half-open', 'NAT'],
    },
    'keep-alive-unanswered': {
      title: (f) => `${f.side} is gone: nobody answers keep-alives`,
      what: (f) =>
        `${upper(f.other)} asked ${times(f.count)} "still there?", and ${f.side} has been silent for ${f.time('silence')}.`,
      todo: 'As when one end vanishes: its machine is off, the way is cut, or a NAT or firewall has forgotten the connection. Shorter keep-alive intervals keep those awake.',
      terms: ['keep-alive', 'half-open', 'NAT'],
    },
    'half-closed': {
      title: (f) => `${f.side} never closed`,
      what: (f) =>
        `${upper(f.other)} said goodbye (FIN), and ${f.side} did not for the ${f.time('since')} until the capture ends.`,
      todo: 'That may be meant. If it lasts, the program forgot to close its socket: connections pile up in CLOSE-WAIT there (ss -tan state close-wait).',
      terms: ['FIN'],
    },
    'still-open': {
      title: () => 'still open when the capture ends',
      what: () => 'Nobody has said goodbye before the capture ends.',
      terms: ['FIN'],
    },
    'simultaneous-close': {
      title: () => 'both said goodbye at the same moment',
      what: () => 'Both FINs crossed on the way. Both ends wait in TIME-WAIT then.',
      terms: ['FIN'],
    },
    ...enPrograms,
    'began-before': {
      title: () => 'the capture began in the middle',
      what: () =>
        'The handshake is not in the capture: what was agreed there (window scaling, MSS, SACK) is not known, and who is the client is a guess.',
      terms: ['handshake'],
    },
    'one-direction': {
      title: () => 'only one direction was captured',
      what: (f) => `Nothing that ${f.side} sent is in the capture, and yet it was heard. What can be said is limited.`,
      todo: 'The ways there and back differ, or a filter took one of them away. Capture where both pass.',
    },
    'capture-lost-packets': {
      title: () => 'the capture has holes',
      what: (f) =>
        f.finding.conversation === 0
          ? `The capturing program says that it lost ${plural(f.count, 'packet')}.`
          : `${upper(f.other)} acknowledged ${f.bytes('bytes')} of ${f.side} that are not in the capture: they passed, and the capture missed them. That is no loss in the network.`,
      todo: 'Capture with a filter, a larger buffer (tcpdump -B 16384), or a shorter snap length (-s 128).',
      terms: ['ACK'],
    },
    'duplicate-packets': {
      title: () => 'the same packets twice',
      what: (f) => `${plural(f.count, 'packet')} of ${f.side} stand in the capture twice; they were counted once.`,
      terms: ['segment'],
    },
    ...enCrowds,
    fragments: {
      title: () => 'fragmented packets',
      what: (f) =>
        `${plural(f.count, 'fragment')}: packets were cut into pieces on the way.${f.number('incomplete') > 0 ? ` ${plural(f.number('incomplete'), 'packet')} never became whole.` : ''}`,
      terms: ['fragment', 'MTU'],
    },
    'file-damaged': {
      title: (f) => (f.text('kind') === 'cut-off' ? 'the file is cut off' : 'the file is damaged'),
      what: (f) =>
        `At byte ${number(f.number('offset'))}, behind packet ${number(f.number('packets'))}: ${f.damage}. What came before is explained.`,
    },
    'unknown-link': {
      title: (f) => `link type ${f.number('type')} is not understood`,
      what: (f) =>
        `${plural(f.count, 'packet')} of link type ${f.number('type')}${f.text('name') === '' ? '' : `, ${f.text('name')},`} could not be looked into.`,
      todo: 'Capture on an interface with Ethernet or IP headers.',
    },
    'not-followed': {
      title: () => 'more conversations than are followed',
      what: (f) =>
        `${plural(f.number('evicted'), 'conversation')} had to make room before the end, and ${plural(f.number('omitted'), 'one')} are only counted.`,
      todo: '--max-conversations follows more at a time, and takes more memory.',
    },
  },
  labels: enLabels,
};
