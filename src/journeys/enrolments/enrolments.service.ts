import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import { notFound } from '../../errors/index.js';
import { DEFAULT_PAGE, Operation } from '../../operations/index.js';
import { Enrolment } from './enrolment.entity.js';
import {
  EnrolmentIdRequest,
  EnrolmentPage,
  EnrolmentResponse,
  ListEnrolmentsRequest,
  toEnrolmentResponse,
} from './enrolments.dto.js';

/** Who stands where in which sequence, for those who look. */
@Injectable()
export class EnrolmentsService {
  constructor(private readonly database: Database) {}

  @Operation({
    name: 'enrolment.list',
    permission: 'leads:read',
    kind: 'query',
    request: ListEnrolmentsRequest,
    response: EnrolmentPage,
    summary: 'Who stands where in which sequence, and when what comes next; the latest entries first',
    rest: { route: 'GET /api/v1/enrolments', tag: 'journeys' },
  })
  async list({ limit = DEFAULT_PAGE, cursor, ...where }: ListEnrolmentsRequest): Promise<EnrolmentPage> {
    const page = await this.database.of(Enrolment).page({ where, order: { entered_at: 'desc' }, limit, cursor });
    return { items: page.items.map(toEnrolmentResponse), next_cursor: page.next_cursor };
  }

  @Operation({
    name: 'enrolment.get',
    permission: 'leads:read',
    kind: 'query',
    request: EnrolmentIdRequest,
    response: EnrolmentResponse,
    summary: 'Where one lead stands in one sequence, and the steps that it took',
    rest: { route: 'GET /api/v1/enrolments/:enrolment_id', tag: 'journeys' },
  })
  async get({ enrolment_id }: EnrolmentIdRequest): Promise<EnrolmentResponse> {
    const enrolment = await this.database.of(Enrolment).get(enrolment_id);
    if (!enrolment) throw notFound('enrolment', enrolment_id);
    return toEnrolmentResponse(enrolment);
  }
}
