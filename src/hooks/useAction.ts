import type { DoneAnswer } from '../contract/api';
import { useSend, type Sending } from './useSend';

/** Actions of the interface, by the last part of their address. */
export type ActionName =
  | 'acknowledge'
  | 'silence'
  | 'unsilence'
  | 'resolve'
  | 'comment'
  | 'approve'
  | 'reject'
  | 'remediate'
  | 'maintenance'
  | 'maintenance-end'
  | 'pause'
  | 'resume'
  | 'policy';

export type Acting = Sending<DoneAnswer>;

/** One of the actions. */
export const useAction = (name: ActionName): Acting => useSend<DoneAnswer>(`actions/${name}`);
