// A MediaSession in a process of its own, spoken to by commands (see session_tool.cpp).
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Session {
  constructor(tool, policies = {}) {
    this.process = spawn(tool, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
    this.ready = this.configure(policies);
  }

  async configure(policies) {
    for (const [name, on] of Object.entries(policies)) {
      this.process.stdin.write(`policy ${name} ${on ? 'on' : 'off'}\n`);
      await this.readLine();
    }
  }

  async readLine() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the session tool ended');
    return value;
  }

  async command(text) {
    await this.ready;
    this.process.stdin.write(text + '\n');
    const reply = await this.readLine();
    if (reply.startsWith('error')) throw new Error(`${text.split('\n')[0]}: ${reply}`);
    return reply;
  }

  async describe(command) {
    await this.ready;
    this.process.stdin.write(command + '\n');
    let sdp = '';
    for (let line = await this.readLine(); line !== '.'; line = await this.readLine()) sdp += line + '\n';
    return sdp;
  }

  offer() { return this.describe('offer'); }
  makeAnswer() { return this.describe('make-answer'); }
  answer(sdp) { return this.command(`answer\n${sdp}.`); }
  peerOffer(sdp) { return this.command(`peer-offer\n${sdp}.`); }
  close() { this.process.stdin.end(); }
}
