// Replaces RTCPeerConnection in a page that talks to the development double: its "SDP" is a list of
// m-lines, and what it receives are pictures drawn here. Injected before the page's own scripts.
{
  const portrait = (seed, screen) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = screen ? [1280, 800] : [640, 360];
    const context = canvas.getContext('2d');
    let step = 0;
    const draw = () => (screen ? drawScreen(context, canvas) : drawPerson(context, canvas, seed, step++));
    draw();
    setInterval(draw, 100);
    return canvas.captureStream(10).getVideoTracks()[0];
  };

  const drawPerson = (context, { width, height }, seed, step) => {
    const hue = (seed * 67 + 20) % 360;
    const wall = context.createLinearGradient(0, 0, width, height);
    wall.addColorStop(0, `hsl(${hue} 28% 62%)`);
    wall.addColorStop(1, `hsl(${hue + 40} 32% 36%)`);
    context.fillStyle = wall;
    context.fillRect(0, 0, width, height);
    context.fillStyle = `hsl(${hue + 20} 20% 80% / .35)`;
    context.fillRect(width * 0.08, height * 0.12, width * 0.2, height * 0.34);
    const sway = Math.sin(step / 12 + seed) * 6;
    context.fillStyle = `hsl(${(hue + 180) % 360} 34% 34%)`;
    context.beginPath();
    context.ellipse(width / 2 + sway, height * 1.06, width * 0.21, height * 0.42, 0, 0, 7);
    context.fill();
    context.fillStyle = `hsl(${22 + (seed % 4) * 4} ${46 - (seed % 3) * 8}% ${72 - (seed % 5) * 10}%)`;
    context.beginPath();
    context.ellipse(width / 2 + sway, height * 0.46, width * 0.088, height * 0.21, 0, 0, 7);
    context.fill();
    context.fillStyle = `hsl(${20 + seed * 3} 30% ${18 + (seed % 4) * 9}%)`;
    context.beginPath();
    context.ellipse(width / 2 + sway, height * 0.36, width * 0.094, height * 0.15, 0, Math.PI, 0);
    context.fill();
  };

  const drawScreen = (context, { width, height }) => {
    context.fillStyle = '#fbfbfd';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#e8eaf0';
    context.fillRect(0, 0, width, 56);
    context.fillRect(0, 56, 240, height);
    context.fillStyle = '#2b3040';
    context.font = '600 34px sans-serif';
    context.fillText('Quarterly review', 290, 130);
    const bars = [120, 180, 150, 260, 230, 320, 300, 380];
    bars.forEach((value, index) => {
      context.fillStyle = index === 7 ? '#0b7a68' : '#9fd5ca';
      context.fillRect(300 + index * 110, 700 - value, 70, value);
    });
  };

  const silence = () => {
    const context = new AudioContext();
    return context.createMediaStreamDestination().stream.getAudioTracks()[0];
  };

  class FakeSender {
    async replaceTrack(track) { this.track = track; }
    getParameters() { return { encodings: [{}] }; }
    async setParameters() {}
  }

  window.RTCPeerConnection = class extends EventTarget {
    connectionState = 'new';
    signalingState = 'stable';
    localDescription = null;
    #transceivers = [];
    #bytes = 0;
    getTransceivers() { return this.#transceivers; }
    async setRemoteDescription({ sdp }) {
      const lines = JSON.parse(sdp);
      for (const { mid, kind, seed } of lines) {
        if (this.#transceivers.some((known) => known.mid === mid)) continue;
        const track = seed === undefined ? null : kind === 'audio' ? silence() : portrait(seed, mid.endsWith('screen'));
        this.#transceivers.push({ mid, direction: 'recvonly', receiver: { track }, sender: new FakeSender() });
      }
    }
    async createAnswer() { return { type: 'answer', sdp: 'answer' }; }
    async setLocalDescription(description) {
      this.localDescription = description;
      if (this.connectionState === 'connected') return;
      setTimeout(() => {
        this.connectionState = 'connected';
        this.onconnectionstatechange?.();
      }, 60);
    }
    async getStats() {
      this.#bytes += 250_000;
      const at = performance.now();
      return new Map([
        ['T', { id: 'T', type: 'transport', timestamp: at, selectedCandidatePairId: 'P' }],
        ['P', { id: 'P', type: 'candidate-pair', timestamp: at, currentRoundTripTime: 0.024 }],
        ['I', { id: 'I', type: 'inbound-rtp', kind: 'video', timestamp: at, bytesReceived: this.#bytes, packetsReceived: this.#bytes / 1000, packetsLost: 0, framesDecoded: this.#bytes / 5000 }],
      ]);
    }
    close() { this.connectionState = 'closed'; }
  };
}
