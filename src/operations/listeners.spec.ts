import { Injectable, Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { MarkedMethodsModule } from '../discovery/index.js';
import { Happening, Listeners, Listens } from './listeners.js';

const WON = new Happening<{ name: string; heard: string[] }>('won');
const LOST = new Happening<{ heard: string[] }>('lost');

@Injectable()
class Crowd {
  private readonly cheer = 'hurrah';

  @Listens(WON)
  protected async shout({ name, heard }: { name: string; heard: string[] }): Promise<void> {
    await Promise.resolve();
    heard.push(`${this.cheer} ${name}`);
  }
}

@Injectable()
class Bookmaker {
  @Listens(WON)
  pay({ name, heard }: { name: string; heard: string[] }): void {
    if (name === 'nobody') throw new Error('no stake');
    heard.push(`paid ${name}`);
  }
}

async function listenersOf(...providers: Type[]): Promise<Listeners> {
  @Module({ providers })
  class Place {}
  const module = await Test.createTestingModule({
    imports: [MarkedMethodsModule, Place],
    providers: [Listeners],
  }).compile();
  await module.init();
  return module.get(Listeners);
}

describe('Listeners', () => {
  it('tells one after the other of those who listen, and nobody of what nobody listens to', async () => {
    const listeners = await listenersOf(Crowd, Bookmaker);
    const heard: string[] = [];
    await listeners.tell(WON, { name: 'Jane', heard });
    await listeners.tell(LOST, { heard });
    expect(heard.sort()).toEqual(['hurrah Jane', 'paid Jane']);
  });

  it('gives the error of a listener to whom told', async () => {
    const listeners = await listenersOf(Bookmaker);
    await expect(listeners.tell(WON, { name: 'nobody', heard: [] })).rejects.toThrow('no stake');
  });
});
