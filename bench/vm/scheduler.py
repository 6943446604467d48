# Tasks that pass packets to each other by priority (after Martin Richards' benchmark).
IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)


class Packet:
    def __init__(self, link, ident, kind):
        self.link = link
        self.ident = ident
        self.kind = kind
        self.datum = 0
        self.data = [0] * 4

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue


class Task:
    def __init__(self, system, ident, priority, work):
        self.system = system
        self.ident = ident
        self.priority = priority
        self.input = work
        self.waiting = work is None
        self.held = False

    def add(self, packet):
        self.input = packet.append_to(self.input)
        self.waiting = False

    def take(self):
        packet = self.input
        if packet is not None:
            self.input = packet.link
            packet.link = None
        return packet

    def is_ready(self):
        return not self.held and not (self.waiting and self.input is None)

    def run(self):
        raise NotImplementedError


class Idle(Task):
    def __init__(self, system, count):
        super().__init__(system, IDLE, 0, None)
        self.waiting = False
        self.control = 1
        self.count = count

    def run(self):
        self.count -= 1
        if self.count == 0:
            self.held = True
            return
        if self.control & 1 == 0:
            self.control //= 2
            self.system.release(DEVICE_A)
        else:
            self.control = self.control // 2 ^ 0xD008
            self.system.release(DEVICE_B)


class Worker(Task):
    def __init__(self, system, work):
        super().__init__(system, WORKER, 1000, work)
        self.destination = HANDLER_A
        self.letter = 0

    def run(self):
        packet = self.take()
        if packet is None or self.system.tasks[IDLE].held:
            self.waiting = True
            return
        self.destination = HANDLER_B if self.destination == HANDLER_A else HANDLER_A
        packet.ident = self.destination
        packet.datum = 0
        for i in range(4):
            self.letter = self.letter % 26 + 1
            packet.data[i] = 64 + self.letter
        self.system.send(packet, self.destination)


class Handler(Task):
    def __init__(self, system, ident, priority, device, work):
        super().__init__(system, ident, priority, work)
        self.device = device
        self.pending = []

    def run(self):
        packet = self.take()
        if packet is None:
            self.waiting = True
            return
        if packet.kind == 1:
            for value in packet.data:
                packet.datum += value
            self.pending.append(packet)
            return
        if self.pending:
            done = self.pending.pop()
            packet.datum = done.datum
            self.system.send(done, WORKER)
        self.system.send(packet, self.device)


class Device(Task):
    def __init__(self, system, ident, priority, owner):
        super().__init__(system, ident, priority, None)
        self.owner = owner
        self.held_packet = None

    def run(self):
        packet = self.take()
        if packet is not None:
            self.held_packet = packet
            self.held = True
            return
        if self.held_packet is not None:
            packet, self.held_packet = self.held_packet, None
            self.system.send(packet, self.owner)
        self.waiting = True


class System:
    def __init__(self, count):
        self.switches = self.sent = self.released = 0
        work = Packet(Packet(None, WORKER, 1), WORKER, 1)
        device_work = lambda device: Packet(Packet(Packet(None, device, 0), device, 0), device, 0)
        self.tasks = [
            Idle(self, count),
            Worker(self, work),
            Handler(self, HANDLER_A, 2000, DEVICE_A, device_work(DEVICE_A)),
            Handler(self, HANDLER_B, 3000, DEVICE_B, device_work(DEVICE_B)),
            Device(self, DEVICE_A, 4000, HANDLER_A),
            Device(self, DEVICE_B, 5000, HANDLER_B),
        ]
        self.order = sorted(self.tasks, key=lambda task: -task.priority)

    def send(self, packet, ident):
        self.sent += 1
        self.tasks[ident].add(packet)

    def release(self, ident):
        self.released += 1
        self.tasks[ident].held = False

    def run(self):
        while True:
            for task in self.order:
                if task.is_ready():
                    self.switches += 1
                    task.run()
                    break
            else:
                return


system = System(30000)
system.run()
print(system.switches, system.sent, system.released)
