import { describe, expect, test } from '@jest/globals';
import { Random } from '../../src/random';
import { HOUR, MILLISECOND, SECOND, World } from '../support/simulation';
import { Talks } from '../support/simulation-talk';
import { randomBytes } from '../support/simulation-user';
