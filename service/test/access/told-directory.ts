import { directoryLine, type DirectoryLine } from '@portal-outbox/contracts';
import * as v from 'valibot';

type User = Extract<DirectoryLine, { kind: 'user'; name: string }>;
type Team = Extract<DirectoryLine, { kind: 'team'; name: string }>;
type Packet = Extract<DirectoryLine, { kind: 'packet'; title: string }>;
export type ToldLine = v.InferInput<typeof directoryLine>;

/** A directory as the host has told it, by id. */
export class ToldDirectory {
  readonly users = new Map<string, User>();
  readonly teams = new Map<string, Team>();
  readonly packets = new Map<string, Packet>();

  tell(lines: readonly ToldLine[]): void {
    for (const given of lines) {
      const line = v.parse(directoryLine, given);
      if ('deleted' in line) this.#forget(line.kind, line.id);
      else if (line.kind === 'user') this.users.set(line.id, line);
      else if (line.kind === 'team') this.teams.set(line.id, line);
      else this.packets.set(line.id, line);
    }
  }

  #forget(kind: 'user' | 'team' | 'packet', id: string): void {
    if (kind === 'packet') this.packets.delete(id);
    if (kind === 'team') this.teams.delete(id);
    const without = (ids: string[]) => ids.filter((it) => it !== id);
    for (const user of this.users.values()) {
      if (kind === 'user') user.accessUserIds = without(user.accessUserIds);
      if (kind === 'team') user.accessTeamIds = without(user.accessTeamIds);
    }
    if (kind !== 'user') return;
    this.users.delete(id);
    for (const team of this.teams.values()) {
      team.memberIds = without(team.memberIds);
      if (team.leaderId === id) team.leaderId = null;
    }
    for (const packet of this.packets.values()) {
      packet.workerIds = without(packet.workerIds);
      packet.accessIds = without(packet.accessIds);
    }
  }
}
