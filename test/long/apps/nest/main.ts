// A stock Nest app: a controller, a service that it injects, and Nest's own logger.
import 'reflect-metadata';
import { Controller, Get, Injectable, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

@Injectable()
class GreetingService {
  private readonly logger = new Logger(GreetingService.name);
  greet(): string {
    this.logger.log('asked for a greeting');
    return 'hello';
  }
}

@Controller()
class GreetingController {
  constructor(private readonly greetings: GreetingService) {}
  @Get('/')
  hello(): string {
    return this.greetings.greet();
  }
}

@Module({ controllers: [GreetingController], providers: [GreetingService] })
class AppModule {}

NestFactory.create(AppModule).then((app) => app.listen(0, '127.0.0.1'));
