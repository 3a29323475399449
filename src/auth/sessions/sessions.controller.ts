import { Controller, Get, Header, HttpCode, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  type CallOptions,
  Caller,
  type HeraldRequest,
  Input,
  OperationBus,
  type Principal,
  Rest,
} from '../../operations/index.js';
import { Public } from '../guard/public.decorator.js';

@ApiTags('auth')
@Controller('api/v1/auth')
export class SessionsController {
  constructor(private readonly operations: OperationBus) {}

  @Public()
  @Post('login')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Rest('auth.login')
  login(@Input() input: object, @Caller() caller: CallOptions, @Req() { ip }: HeraldRequest) {
    return this.operations.call('auth.login', input, { ...caller, principal: strangerAt(ip) });
  }

  @Public()
  @Post('refresh')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Rest('auth.refresh')
  refresh(@Input() input: object, @Caller() caller: CallOptions, @Req() { ip }: HeraldRequest) {
    return this.operations.call('auth.refresh', input, { ...caller, principal: strangerAt(ip) });
  }

  @Public()
  @Post('logout')
  @HttpCode(204)
  @Rest('auth.logout', { isEmpty: true })
  async logout(@Input() input: object, @Caller() caller: CallOptions): Promise<void> {
    await this.operations.call('auth.logout', input, caller);
  }

  @Get('me')
  @Rest('auth.me')
  me(@Input() input: object, @Caller() caller: CallOptions) {
    return this.operations.call('auth.me', input, caller);
  }

  @Post('password')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Rest('auth.password')
  changePassword(@Input() input: object, @Caller() caller: CallOptions) {
    return this.operations.call('auth.password', input, caller);
  }
}

/** Somebody of whom only the address is known, which the security journal wants. */
function strangerAt(ip: string): Principal {
  return { id: 'anonymous', kind: 'system', name: 'anonymous', scopes: new Set(), ip };
}
