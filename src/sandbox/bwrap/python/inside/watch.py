# A session's eyes on one test: its output, its frames, its time, its memory where no cgroup counts it, its end. Reads bytes, never what they mean:
# a candidate's frames are handed to the host as they came.
import base64
import os
import resource
import select
import signal
import time

from . import wire

STDERR_KEPT = 2048
MEMORY_EVERY = 0.1
# Seconds between looks at the clocks near a limit.
SHORTEST_LOOK = 0.01
CORES = os.cpu_count() or 1
KIB = 1024
TICKS = os.sysconf('SC_CLK_TCK')


class Watch:
    """`how` a test ended: exited, cpu, wall, output, memory, protocol, ended (by the host), setup (ours)."""

    def __init__(self, pid, job, fds, requests, replies, started):
        self.pid, self.limits, self.requests, self.replies, self.started = pid, job['limits'], requests, replies, started
        self.out, self.err, self.ready, self.channel = fds['out'], fds['err'], fds['ready'], fds.get('channel')
        self.pidfd = os.pidfd_open(pid)
        self.stdout, self.stderr, self.written, self.incoming, self.outgoing = bytearray(), bytearray(), 0, bytearray(), b''
        self.how = None
        self.exited = False
        # In whose hands the test is; the wall clock runs for the child's time alone.
        self.childs_turn = True
        self.deadline = started + self.limits['wall']
        self.cpu_before = used_cpu()
        # When its processes, together on all cores, could have used up their time: no earlier need anybody look.
        self.look = started + self.limits['cpu'] / CORES
        self.memory_base = 0 if self.limits['memory_watch'] is None else memory_of('self')
        self.poll = select.poll()
        for fd in filter(None, (self.out, self.err, self.pidfd, self.channel)):
            self.poll.register(fd, select.POLLIN)
            if fd != self.pidfd:
                os.set_blocking(fd, False)
        if self.channel is not None:
            self.poll.register(requests, select.POLLIN)

    def until_end(self):
        while self.how is None:
            for fd, _ in sorted(self.poll.poll(self.patience()), key=lambda event: event[0] == self.pidfd):
                self.react(fd)
            if self.exited and self.how is None:
                self.how = 'exited'
            if self.how is None:
                self.check_time_and_memory()
        return self.how

    def patience(self):
        """Milliseconds until something must be looked at."""
        now = time.monotonic()
        left = self.look - now
        if self.childs_turn:
            left = min(left, self.deadline - now)
        if self.limits['memory_watch'] is not None:
            left = min(left, MEMORY_EVERY)
        return max(1, int(left * 1000) + 1)

    def check_time_and_memory(self):
        now = time.monotonic()
        if now >= self.look:
            left = self.limits['cpu'] - self.cpu() - cpu_of_others(self.pid)
            self.look = now + max(SHORTEST_LOOK, left / CORES)
            if left <= 0:
                self.how = 'cpu'
        if self.how is None and self.childs_turn and now >= self.deadline:
            self.how = 'wall'
        if self.how is None and self.limits['memory_watch'] is not None and self.memory_used() > self.limits['memory_watch']:
            self.how = 'memory'

    def memory_used(self):
        """Bytes of all of the candidate's processes, less what each still shares with this one."""
        others = [p for p in os.listdir('/proc') if p.isdigit() and p != '1']
        return sum(max(0, memory_of(p) - self.memory_base) for p in others)

    def react(self, fd):
        if fd == self.pidfd:
            self.exited = True
            self.drain_all()
        elif fd in (self.out, self.err):
            self.drain(fd)
        elif fd == self.channel:
            self.from_child()
            self.to_child()
        elif self.how is None:
            self.from_host()

    def drain_all(self):
        self.drain(self.out)
        self.drain(self.err)
        if self.channel is not None:
            self.from_child()

    def drain(self, fd):
        while self.how != 'output':
            try:
                part = os.read(fd, 1 << 16)
            except BlockingIOError:
                return
            if not part:
                self.forget(fd)
                return
            self.keep(fd, part)

    def keep(self, fd, part):
        limit = self.limits['output']
        if fd == self.out:
            self.stdout += part[:max(0, limit - len(self.stdout))]
        else:
            self.stderr = (self.stderr + part)[-STDERR_KEPT:]
        self.written += len(part)
        if self.written > limit:
            self.how = 'output'

    def forget(self, fd):
        try:
            self.poll.unregister(fd)
        except KeyError:
            return

    def from_child(self):
        """At most one frame a turn; bytes out of turn are against the protocol."""
        while self.how is None:
            try:
                part = os.read(self.channel, 1 << 18)
            except BlockingIOError:
                return
            except ConnectionError:
                part = b''
            if not part:
                self.forget(self.channel)
                return
            self.incoming += part
            self.take_frame()

    def take_frame(self):
        if not self.childs_turn:
            self.how = 'protocol'
        elif len(self.incoming) >= wire.HEADER:
            length = wire.length_of(self.incoming[:wire.HEADER])
            if length > self.limits['output']:
                self.how = 'output'
            elif len(self.incoming) > wire.HEADER + length:
                self.how = 'protocol'
            elif len(self.incoming) == wire.HEADER + length:
                self.hand_over(bytes(self.incoming[wire.HEADER:]))

    def hand_over(self, text):
        self.incoming.clear()
        self.childs_turn = False
        self.drain(self.out)
        self.drain(self.err)
        wire.write_frame(self.replies, {'op': 'frame', 'frame': base64.b64encode(text).decode('ascii'), **self.seen()})
        self.stdout.clear()
        self.stderr.clear()

    def from_host(self):
        message = wire.read_frame(self.requests)
        if message['op'] == 'end':
            self.how = 'ended'
        else:
            self.outgoing += wire.packed(message['frame'].encode('utf-8', 'surrogatepass'))
            self.childs_turn = True
            self.deadline = time.monotonic() + self.limits['wall']
            self.to_child()

    def to_child(self):
        """Never waits: a child that does not read must not hold up its own clock."""
        try:
            while self.outgoing:
                self.outgoing = self.outgoing[os.write(self.channel, self.outgoing):]
        except BlockingIOError:
            self.poll.modify(self.channel, select.POLLIN | select.POLLOUT)
            return
        except OSError:
            self.outgoing = b''
        if not self.exited:
            self.poll.register(self.channel, select.POLLIN)

    def seen(self):
        """What the candidate has used and written since the last frame."""
        return {
            'cpu': round(self.cpu(), 4),
            'wall': round(time.monotonic() - self.started, 4),
            'stdout': base64.b64encode(self.stdout).decode('ascii'),
            'stderr': self.stderr.decode('utf-8', 'replace'),
        }

    def cpu(self):
        """Seconds, of every process of the candidate that has ended, and of the first while it runs."""
        if self.exited or self.how is not None:
            return used_cpu() - self.cpu_before
        # The exact clock of another process, as clock_getcpuclockid(3) numbers it.
        return time.clock_gettime(((~self.pid) << 3) | 2)

    def report(self, how):
        """Ends whatever is left and tells what was seen."""
        code = self.end_all()
        if how in ('exited', 'output'):
            self.drain_all()
        if not os.read(self.ready, 1):
            how = 'setup'
        report = {'op': 'observed', 'how': self.how if how == 'exited' else how, 'code': code, **self.seen()}
        for fd in filter(None, (self.out, self.err, self.ready, self.pidfd, self.channel)):
            os.close(fd)
        return report

    def end_all(self):
        """Kills every process of the namespace but this one and waits for all. Returns the first child's status: a code, or minus a signal."""
        if not self.exited:
            os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        try:
            while True:
                os.waitpid(-1, 0)
        except ChildProcessError:
            return os.waitstatus_to_exitcode(status)


def used_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def cpu_of_others(main):
    """Seconds of every process of the candidate but the first (and of those that the first has waited for), so that work is not free when spread."""
    return sum(cpu_of(p, int(p) == main) for p in os.listdir('/proc') if p.isdigit() and p != '1')


def cpu_of(process, is_main):
    """Its own and that of its ended children; of the first process the latter alone, as there is a better clock for it. 0 for one that is gone."""
    try:
        with open(f'/proc/{process}/stat', 'rb') as stat:
            own_user, own_system, user, system = stat.read().rpartition(b') ')[2].split()[11:15]
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(user) + int(system) + (0 if is_main else int(own_user) + int(own_system))) / TICKS


def memory_of(process):
    """Bytes of anonymous and shared memory; 0 for one that is gone."""
    try:
        with open(f'/proc/{process}/status') as status:
            return sum(int(line.split()[1]) * KIB for line in status if line.startswith(('RssAnon', 'RssShmem')))
    except (FileNotFoundError, ProcessLookupError):
        return 0
